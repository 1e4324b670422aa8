import { planActivations } from "../tensor/planActivations.ts";
import type { Program } from "../tensor/program.ts";
import { TENSOR } from "./abi.ts";
import { build } from "./build.ts";
import type { Device } from "./devices.ts";
import type { Lib } from "./lib.ts";
import { sizes } from "./lower.ts";
import { threadsFor } from "./threads.ts";

/** What is known of a program before it runs, as a function of the program and the device alone. */
export interface Prepared {
  /** Bytes of activations, as ggml's allocator lays them out. */
  readonly activations: number;
  /** Bytes to reserve for them: the same, unless they do not fit one buffer of the device. */
  readonly reserve: number;
  /** Bytes of work memory beside them: the CPU's (a GPU's scratch is reported by no call). */
  readonly work: number;
  readonly threads: number;
  /** What the device lacks for it, as a message; `null` where it can run. */
  readonly unsupported: string | null;
}

/** Any address that is not null: measuring wants leaves that are placed, and reads none of them. */
const SOMEWHERE = 4096n;

/**
 * Builds the program once without memory: compares every shape with ggml's, asks the device for each op (ggml ends the process on one
 * that it lacks) and measures.
 */
export function prepare(lib: Lib, device: Device, program: Program, maxThreads: number): Prepared {
  const { g, cpu } = lib;
  const built = build(lib, program, (tensor) => lib.poke(tensor, TENSOR.data, SOMEWHERE));
  try {
    const { graph, tensors } = built;
    const nodes = g.ggml_graph_n_nodes(graph);
    let unsupported: string | null = null;
    if (nodes !== program.order.length)
      throw new Error(`invariant: ${program.name} has ${program.order.length} nodes, ggml made ${nodes}`);
    program.order.forEach((index, i) => {
      const node = program.tensors[index]!;
      const tensor = tensors[index]!;
      if (g.ggml_graph_node(graph, i) !== tensor)
        throw new Error(`invariant: ${program.name}: ggml orders node ${i} in another way`);
      const found = [0, 1, 2, 3].map((axis) => lib.peek(tensor, TENSOR.ne + 8 * axis));
      if (found.join() !== sizes(node.shape).join())
        throw new Error(`invariant: ${program.name}: node ${i} is [${node.shape}], ggml made (${found})`);
      if (unsupported === null && !g.ggml_backend_dev_supports_op(device.handle, tensor))
        unsupported = `${program.name}: ${device.info.id} cannot run ${g.ggml_op_desc(tensor)} on [${node.shape}] ${node.dtype}; choose another --device`;
    });
    const bytes = new Uint8Array(8);
    const allocator = g.ggml_gallocr_new(device.bufferType);
    g.ggml_gallocr_reserve_n_size(allocator, graph, null, null, bytes);
    g.ggml_gallocr_free(allocator);
    const activations = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const threads = threadsFor(program.flops, maxThreads);
    const planned = device.info.kind === "cpu" ? Number(cpu.ggml_graph_plan(graph, threads, null).work_size) : 0;
    const { alignment } = device.info; // the allocator rounds what it reserves, so what is counted is rounded too
    const work = Math.ceil(planned / alignment) * alignment;
    const reserve = toReserve(device, program, activations);
    if (typeof reserve === "number") return { activations, reserve, work, threads, unsupported };
    unsupported ??= `${program.name}: a tensor of ${reserve.tooLarge} bytes passes the ${device.info.maxBufferBytes} bytes of a buffer of ${device.info.id}; make a smaller picture`;
    return { activations, reserve: activations, work, threads, unsupported };
  } finally {
    built.free();
  }
}

/**
 * Where activations need several buffers, all but the last are reserved at the device's full size, so that one number covers programs
 * that fill them differently. How many a program takes the planner knows; where a device wants more than the planner counts, the
 * allocator opens a buffer only when two together pass the limit. A tensor that fits no buffer is nothing the device can run.
 */
function toReserve(device: Device, program: Program, activations: number): number | { readonly tooLarge: number } {
  const { alignment, maxBufferBytes } = device.info;
  if (activations <= maxBufferBytes) return activations;
  const plan = planActivations(program, { alignment, maxChunkBytes: maxBufferBytes });
  const largest = Math.max(...plan.chunkBytes);
  if (largest > maxBufferBytes) return { tooLarge: largest };
  if (plan.bytes !== activations) return Math.ceil((2 * activations) / maxBufferBytes) * maxBufferBytes;
  return (plan.chunkBytes.length - 1) * maxBufferBytes + plan.chunkBytes.at(-1)!;
}

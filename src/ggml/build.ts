import { DTYPES } from "../tensor/dtype.ts";
import type { Leaf, Program } from "../tensor/program.ts";
import type { Lib } from "./lib.ts";
import { lower, sizes } from "./lower.ts";

/** A graph in a context of its own. `free` gives back the headers; no tensor memory belongs to it. */
export interface Built {
  readonly graph: bigint;
  readonly context: bigint;
  readonly tensors: readonly (bigint | undefined)[];
  free(): void;
}

/** Lowers a program into a fresh ggml graph; `place` puts a leaf's tensor where its bytes are. Tens of microseconds: done for every run. */
export function build(lib: Lib, program: Program, place: (tensor: bigint, leaf: Leaf) => void): Built {
  const { g } = lib;
  const nodes = program.order.length + program.weights.length + program.reads.length + program.writes.length + 8;
  const room = Number(g.ggml_tensor_overhead()) * nodes + Number(g.ggml_graph_overhead_custom(nodes, false)) + 4096;
  const context = g.ggml_init({ mem_size: room, mem_buffer: null, no_alloc: true });
  if (context === null) throw new Error(`${program.name}: no memory for a graph of ${nodes} nodes`);
  const free = (): void => g.ggml_free(context);
  try {
    const graph = g.ggml_new_graph_custom(context, nodes, false);
    const { tensors, roots } = lower(g, context, program, (leaf) => {
      const tensor = g.ggml_new_tensor_4d(context, DTYPES[leaf.dtype].ggml, ...sizes(leaf.shape));
      place(tensor, leaf);
      return tensor;
    });
    for (const root of roots) g.ggml_build_forward_expand(graph, root);
    return { graph, context, tensors, free };
  } catch (error) {
    free();
    throw error;
  }
}

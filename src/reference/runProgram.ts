import type { Bindings } from "../tensor/backend.ts";
import { byteLength } from "../tensor/dtype.ts";
import type { ActivationPlan } from "../tensor/planActivations.ts";
import type { Program, TensorIndex } from "../tensor/program.ts";
import { KERNELS } from "./kernels/index.ts";
import type { Operand } from "./operand.ts";
import type { Block } from "./pool.ts";

/** Memory that a program's nodes and leaves lie in. */
export interface ProgramMemory {
  readonly activations: Block;
  readonly plan: ActivationPlan;
  block(handle: unknown): Block;
}

/**
 * Makes a program ready, and returns a generator that computes one node between two steps: whoever drives it decides when to pause and
 * whether to stop. Bindings are asked now and not later: a lease may be given back as soon as its program is submitted.
 */
export function runProgram(program: Program, bindings: Bindings, { activations, plan, block }: ProgramMemory) {
  const operands = new Map<TensorIndex, Operand>();
  const operand = (index: TensorIndex): Operand => {
    const known = operands.get(index);
    if (known) return known;
    const { dtype, shape, strides } = program.tensors[index]!;
    const made = { dtype, shape, strides, bytes: memory(index) };
    operands.set(index, made);
    return made;
  };
  const memory = (index: TensorIndex): Block => {
    const tensor = program.tensors[index]!;
    if (tensor.kind !== "node") {
      const { buffer, offset } = bindings[tensor.kind](tensor.name);
      const bytes = byteLength(tensor);
      if (offset < 0 || offset + bytes > buffer.bytes)
        throw new Error(`invariant: ${tensor.name} of ${bytes} bytes at ${offset} of a buffer of ${buffer.bytes}`);
      return block(buffer.handle).subarray(offset);
    }
    if (tensor.viewOf !== undefined) return operand(tensor.viewOf).bytes.subarray(tensor.viewOffset);
    return activations.subarray(plan.offsets.get(index));
  };
  const nodes = program.order.map((index) => {
    const tensor = program.tensors[index]!;
    if (tensor.kind !== "node") throw new Error("invariant: the order of a program lists nodes only");
    return {
      kernel: KERNELS[tensor.op],
      inputs: tensor.inputs.map(operand),
      out: operand(index),
      params: tensor.params,
    };
  });
  return (function* compute(): Generator<void, void> {
    for (const { kernel, inputs, out, params } of nodes) {
      kernel(inputs, out, params);
      yield;
    }
  })();
}

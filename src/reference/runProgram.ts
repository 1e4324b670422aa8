import type { Bindings } from "../tensor/backend.ts";
import { byteLength } from "../tensor/dtype.ts";
import type { ActivationPlan } from "../tensor/planActivations.ts";
import type { Program, TensorIndex } from "../tensor/program.ts";
import { KERNELS } from "./kernels/index.ts";
import type { Operand } from "./operand.ts";
import type { Block } from "./pool.ts";

/** A generator that computes one node of a program between two steps: whoever drives it decides when to pause and whether to stop. */
export function* runProgram(
  program: Program,
  bindings: Bindings,
  { activations, plan, block }: { activations: Block; plan: ActivationPlan; block(handle: unknown): Block },
): Generator<void, void> {
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
  for (const index of program.order) {
    const tensor = program.tensors[index]!;
    if (tensor.kind !== "node") throw new Error("invariant: the order of a program lists nodes only");
    KERNELS[tensor.op](tensor.inputs.map(operand), operand(index), tensor.params);
    yield;
  }
}

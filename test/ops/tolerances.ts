import type { DeviceInfo, DType } from "../../src/tensor/index.ts";

type Kind = DeviceInfo["kind"];

/**
 * Largest relative RMS error against f64 that an op may have on a kind of device. Reference rounds once per node to f32 (6e-8). The CPU sums
 * in f32, and in mulMat rounds activations to what it pairs with the weight's encoding: f16 and bf16 themselves, int8 for the block encodings.
 * GPUs may also round f32 operands of mulMat and flashAttention to f16. Source: measured, with a factor of 3 to 5 to spare (ggml 0.23.0).
 */
export function tolerance(kind: Kind, op: string, operand: DType): number {
  if (kind === "reference") return 2e-7;
  const gpu = kind !== "cpu";
  const multiplies = op === "mulMat" || op === "linear" || op === "flashAttention";
  if (multiplies) return { f32: gpu ? 2e-3 : 2e-6, f16: 2e-3, bf16: 1e-2, q8_0: 2e-2, q4_0: 2e-2, i32: 0 }[operand];
  if (op === "conv2d" || op === "conv2dDirect") return gpu ? 4e-3 : 2e-6;
  return gpu ? 1e-5 : 2e-6;
}

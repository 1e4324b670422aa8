import type { DeviceInfo, DType } from "../../src/tensor/index.ts";

type Kind = DeviceInfo["kind"];

/** Ops that only move or decode values: the same bits everywhere. */
const EXACT = new Set([
  "neg",
  "concat",
  "roll",
  "pad",
  "upscale",
  "im2col",
  "getRows",
  "cast",
  "cont",
  "slice",
  "unflatten",
  "permute",
  "reshape",
]);

/**
 * Largest relative RMS error against f64 that an op may have on a kind of device, by the encoding of its weight. Reference rounds once per
 * node to f32 (6e-8 at most, 3e-8 typically). The CPU sums in f32, and in mulMat rounds activations to what it pairs with the weight's
 * encoding: f16 and bf16 themselves, int8 for the block encodings. GPUs may also round f32 operands of mulMat and convolutions to f16.
 * Source: measured on the CPU with ggml 0.23.0 (f32 1e-7, f16 2e-4, attention over f16 8e-4, bf16 1.6e-3, q8_0 5e-3), times 3 to 5.
 */
export function tolerance(kind: Kind, op: string, weight: DType): number {
  if (EXACT.has(op)) return 0;
  if (kind === "reference") return 1e-7;
  const gpu = kind !== "cpu";
  if (op === "mulMat" || op === "linear" || op === "flashAttention")
    // blocks, whichever: activations become int8
    return { f32: gpu ? 2e-3 : 5e-7, f16: 4e-3, bf16: 6e-3 }[weight as "f32" | "f16" | "bf16"] ?? 2e-2;
  if (op === "conv2d" || op === "conv2dDirect") return gpu ? 4e-3 : 5e-7;
  return gpu ? 1e-5 : 5e-7;
}

import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectDenseRows, expectF32, refuse } from "./checks.ts";

function overRows(op: "norm" | "rmsNorm", x: Tensor, eps: number): Tensor {
  expectF32(op, "x", x);
  expectDenseRows(op, "x", x);
  if (!(eps >= 0 && eps < 1)) refuse(x, op, `eps is ${eps}, expected 0 <= eps < 1`);
  return x.graph.add({ op, inputs: [x], params: { eps }, dtype: "f32", shape: x.shape, flops: 6 * elements(x.shape) });
}

/** (x - mean) / sqrt(var + eps) over the last axis; var is the biased variance. x: f32, rows may be apart. Throws ShapeError. Source: arXiv:1607.06450. */
export const norm = (x: Tensor, eps: number): Tensor => overRows("norm", x, eps);

/** x / sqrt(mean(x^2) + eps) over the last axis. x: f32, rows may be apart. Throws ShapeError. Source: arXiv:1910.07467. */
export const rmsNorm = (x: Tensor, eps: number): Tensor => overRows("rmsNorm", x, eps);

import { DTYPES, elements, padded } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectContiguous, expectDenseRows, expectF32, refuse, show } from "./checks.ts";

/**
 * y[..., t, n] = sum over k of w[..., n, k] * x[..., t, k]: torch's `x @ w.T`. w: any encoding; x, y: f32. The outer axes of w, right-aligned,
 * divide those of x, and each matrix of w serves x's neighbours (batch b of x meets matrix floor(b / ratio) of w, as in ggml).
 * Devices other than the CPU may want the outermost of four axes equal. Throws ShapeError.
 */
export function mulMat(w: Tensor, x: Tensor): Tensor {
  const op = "mulMat";
  if (w.shape.length < 2) refuse(x, op, `w is ${show(w)}, expected [..., n, k]`);
  if (w.dtype === "i32") refuse(x, op, `w is ${show(w)}, expected floats`);
  expectF32(op, "x", x);
  if (DTYPES[w.dtype].block > 1) expectContiguous(op, "w", w);
  else expectDenseRows(op, "w", w);
  expectDenseRows(op, "x", x);
  const [wa, wb, n, k] = padded(w.shape);
  const [xa, xb, , xk] = padded(x.shape);
  if (k !== xk) refuse(x, op, `w ${show(w)} has rows of ${k}, x ${show(x)} of ${xk}`);
  if (xa % wa !== 0 || xb % wb !== 0) refuse(x, op, `outer axes of w ${show(w)} do not divide those of x ${show(x)}`);
  const shape = [...x.shape.slice(0, -1), n];
  return x.graph.add({ op, inputs: [w, x], dtype: "f32", shape, flops: 2 * n * elements(x.shape) });
}

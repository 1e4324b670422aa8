import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectContiguous, expectDivides, expectF32, expectFinite, refuse, show } from "./checks.ts";

/**
 * softmax(x * scale + mask) over the last axis. x: [..., T, S] f32, contiguous; mask: f16 or f32 [..., T, S], contiguous, its outer axes,
 * right-aligned, divide x's. Throws ShapeError.
 */
export function softMax(x: Tensor, scale: number, mask?: Tensor): Tensor {
  const op = "softMax";
  expectF32(op, "x", x);
  expectContiguous(op, "x", x);
  expectFinite(op, x, "scale", scale);
  if (mask) {
    if (mask.dtype !== "f16" && mask.dtype !== "f32") refuse(x, op, `mask is ${show(mask)}, expected f16 or f32`);
    expectContiguous(op, "mask", mask);
    if (mask.shape.at(-1) !== x.shape.at(-1) || (mask.shape.at(-2) ?? 1) !== (x.shape.at(-2) ?? 1))
      refuse(x, op, `mask ${show(mask)} and x ${show(x)} differ in their last two axes`);
    expectDivides(op, ["x", x], ["mask", mask]);
  }
  return x.graph.add({
    op,
    inputs: mask ? [x, mask] : [x],
    params: { scale },
    dtype: "f32",
    shape: x.shape,
    flops: 5 * elements(x.shape),
  });
}

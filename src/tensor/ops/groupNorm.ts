import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32, expectRank, expectWhole, refuse, show } from "./checks.ts";

/**
 * (x - mean) / sqrt(var + eps) over each group of C / groups channels and all pixels of an image; no weights. x: [N, C, H, W] f32,
 * contiguous; groups divides C. Throws ShapeError. Source: arXiv:1803.08494.
 */
export function groupNorm(x: Tensor, groups: number, eps: number): Tensor {
  const op = "groupNorm";
  expectF32(op, "x", x);
  expectRank(op, "x", x, 4);
  expectContiguous(op, "x", x);
  expectWhole(op, x, "groups", groups, 1);
  if (x.shape[1]! % groups !== 0) refuse(x, op, `${groups} groups do not divide the channels of x ${show(x)}`);
  if (!(eps >= 0 && eps < 1)) refuse(x, op, `eps is ${eps}, expected 0 <= eps < 1`);
  return x.graph.add({
    op,
    inputs: [x],
    params: { groups, eps },
    dtype: "f32",
    shape: x.shape,
    flops: 6 * elements(x.shape),
  });
}

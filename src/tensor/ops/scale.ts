import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32, expectFinite } from "./checks.ts";

/** x * factor + bias. x: f32, contiguous, any shape. Throws ShapeError. */
export function scale(x: Tensor, factor: number, bias = 0): Tensor {
  const op = "scale";
  expectF32(op, "x", x);
  expectContiguous(op, "x", x);
  expectFinite(op, x, "factor", factor);
  expectFinite(op, x, "bias", bias);
  return x.graph.add({
    op,
    inputs: [x],
    params: { factor, bias },
    dtype: "f32",
    shape: x.shape,
    flops: 2 * elements(x.shape),
  });
}

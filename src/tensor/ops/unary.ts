import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32 } from "./checks.ts";

/** Elementwise on a contiguous f32 tensor of any shape. */
function unary(op: "silu" | "sigmoid" | "sqr" | "sqrt" | "neg", x: Tensor): Tensor {
  expectF32(op, "x", x);
  expectContiguous(op, "x", x);
  return x.graph.add({ op, inputs: [x], dtype: "f32", shape: x.shape, flops: elements(x.shape) });
}

/** x / (1 + exp(-x)). x: f32, contiguous. Throws ShapeError. */
export const silu = (x: Tensor): Tensor => unary("silu", x);
/** 1 / (1 + exp(-x)). x: f32, contiguous. Throws ShapeError. */
export const sigmoid = (x: Tensor): Tensor => unary("sigmoid", x);
/** x * x. x: f32, contiguous. Throws ShapeError. */
export const sqr = (x: Tensor): Tensor => unary("sqr", x);
/** Square root. x: f32, contiguous. Throws ShapeError. */
export const sqrt = (x: Tensor): Tensor => unary("sqrt", x);
/** -x. x: f32, contiguous. Throws ShapeError. */
export const neg = (x: Tensor): Tensor => unary("neg", x);

import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectDenseRows, expectDivides, expectF32 } from "./checks.ts";

/** Elementwise, a (op) b, both f32. Every axis of b, right-aligned, divides a's and b repeats along it; the result is like a. */
function binary(op: "add" | "sub" | "mul" | "div", a: Tensor, b: Tensor): Tensor {
  for (const [name, t] of [
    ["a", a],
    ["b", b],
  ] as const) {
    expectF32(op, name, t);
    expectDenseRows(op, name, t);
  }
  expectDivides(op, ["a", a], ["b", b]);
  return a.graph.add({ op, inputs: [a, b], dtype: "f32", shape: a.shape, flops: elements(a.shape) });
}

/** a + b. Every axis of b, right-aligned, divides a's. f32. Throws ShapeError. */
export const add = (a: Tensor, b: Tensor): Tensor => binary("add", a, b);
/** a - b. Every axis of b, right-aligned, divides a's. f32. Throws ShapeError. */
export const sub = (a: Tensor, b: Tensor): Tensor => binary("sub", a, b);
/** a * b. Every axis of b, right-aligned, divides a's. f32. Throws ShapeError. */
export const mul = (a: Tensor, b: Tensor): Tensor => binary("mul", a, b);
/** a / b. Every axis of b, right-aligned, divides a's. f32. Throws ShapeError. */
export const div = (a: Tensor, b: Tensor): Tensor => binary("div", a, b);

import { elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectEvenRows, expectF32, refuse, show } from "./checks.ts";

/** y[..., i] = silu(x[..., i]) * x[..., n + i]. x: [..., 2n] f32, its rows may be apart (evenly). Throws ShapeError. */
export function swiglu(x: Tensor): Tensor {
  const op = "swiglu";
  expectF32(op, "x", x);
  expectEvenRows(op, "x", x);
  const width = x.shape.at(-1)!;
  if (width % 2 !== 0) refuse(x, op, `x is ${show(x)}, expected an even last axis`);
  const shape = [...x.shape.slice(0, -1), width / 2];
  return x.graph.add({ op, inputs: [x], dtype: "f32", shape, flops: 5 * elements(shape) });
}

/** silu(a) * b. a, b: f32 of one shape, their rows may be apart (evenly). Throws ShapeError. */
export function swigluSplit(a: Tensor, b: Tensor): Tensor {
  const op = "swigluSplit";
  for (const [name, t] of [
    ["a", a],
    ["b", b],
  ] as const) {
    expectF32(op, name, t);
    expectEvenRows(op, name, t);
  }
  if (a.shape.join() !== b.shape.join()) refuse(a, op, `a is ${show(a)}, b is ${show(b)}`);
  return a.graph.add({ op, inputs: [a, b], dtype: "f32", shape: a.shape, flops: 5 * elements(a.shape) });
}

import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32, refuse, show } from "./checks.ts";

/** Zeros behind the end of each axis, `after` of them per axis. x: f32, contiguous. Throws ShapeError. */
export function pad(x: Tensor, after: readonly number[]): Tensor {
  const op = "pad";
  expectF32(op, "x", x);
  expectContiguous(op, "x", x);
  if (after.length !== x.shape.length || !after.every((n) => Number.isSafeInteger(n) && n >= 0))
    refuse(x, op, `after is [${after.join(", ")}], expected a count for each axis of x ${show(x)}`);
  const shape = x.shape.map((size, i) => size + after[i]!);
  return x.graph.add({ op, inputs: [x], params: { after: [...after] }, dtype: "f32", shape });
}

import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32, refuse, show } from "./checks.ts";

/**
 * torch.roll: y[..., (i + shift) mod n, ...] = x[..., i, ...]. One shift per axis, any whole number; kept as its remainder in [0, n).
 * x: f32, contiguous. Throws ShapeError.
 */
export function roll(x: Tensor, shifts: readonly number[]): Tensor {
  const op = "roll";
  expectF32(op, "x", x);
  expectContiguous(op, "x", x);
  if (shifts.length !== x.shape.length || !shifts.every(Number.isSafeInteger))
    refuse(x, op, `shifts are [${shifts.join(", ")}], expected a whole number for each axis of x ${show(x)}`);
  const params = { shifts: shifts.map((shift, i) => ((shift % x.shape[i]!) + x.shape[i]!) % x.shape[i]!) };
  return x.graph.add({ op, inputs: [x], params, dtype: "f32", shape: x.shape });
}

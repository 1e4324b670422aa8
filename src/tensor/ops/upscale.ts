import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32, expectWhole, refuse, show } from "./checks.ts";

/** Each pixel `factor` times in both directions (nearest). x: [..., H, W] f32, contiguous; factor >= 2. Throws ShapeError. */
export function upscale(x: Tensor, factor: number): Tensor {
  const op = "upscale";
  expectF32(op, "x", x);
  if (x.shape.length < 2) refuse(x, op, `x is ${show(x)}, expected [..., H, W]`);
  expectContiguous(op, "x", x);
  expectWhole(op, x, "factor", factor, 2);
  const shape = x.shape.map((size, i) => (i >= x.shape.length - 2 ? size * factor : size));
  return x.graph.add({ op, inputs: [x], params: { factor }, dtype: "f32", shape });
}

import type { Tensor } from "../graph.ts";
import { axisOf, expectF32, refuse, show } from "./checks.ts";

/** a, then b along `axis` (negative ones count from the back). f32, equal on the other axes, may be strided. Throws ShapeError. */
export function concat(a: Tensor, b: Tensor, axis: number): Tensor {
  const op = "concat";
  expectF32(op, "a", a);
  expectF32(op, "b", b);
  const along = axisOf(op, a, axis);
  if (a.shape.length !== b.shape.length || a.shape.some((size, i) => i !== along && size !== b.shape[i]))
    refuse(a, op, `a ${show(a)} and b ${show(b)} differ beside axis ${along}`);
  const shape = a.shape.map((size, i) => (i === along ? size + b.shape[i]! : size));
  return a.graph.add({ op, inputs: [a, b], params: { axis: along }, dtype: "f32", shape });
}

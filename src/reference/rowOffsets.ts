import { padded } from "../tensor/dtype.ts";
import type { Operand } from "./operand.ts";

/** Byte offsets of a tensor's rows (its last axis) from its start, in row-major order. */
export function rowOffsets({ shape, strides }: Pick<Operand, "shape" | "strides">): Float64Array {
  const [a, b, c] = padded(shape);
  // An axis that is not there has one element: its stride is never used.
  const [sa, sb, sc] = [...new Array<number>(4 - shape.length).fill(0), ...strides] as [number, number, number];
  const offsets = new Float64Array(a * b * c);
  let row = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++) for (let k = 0; k < c; k++) offsets[row++] = i * sa + j * sb + k * sc;
  return offsets;
}

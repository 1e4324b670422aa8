import { elements } from "../tensor/dtype.ts";
import { decodeRow } from "./decodeRow.ts";
import type { Operand } from "./operand.ts";
import { rowOffsets } from "./rowOffsets.ts";

/** All values of a tensor as numbers in row-major order, whatever its strides and encoding. A copy, so that results may overwrite it. */
export function load(t: Operand): Float64Array<ArrayBuffer> {
  const out = new Float64Array(elements(t.shape));
  const width = t.shape.at(-1)!;
  const stride = t.strides.at(-1)!;
  const decode = decodeRow[t.dtype];
  for (const [row, offset] of rowOffsets(t).entries()) decode(t.bytes, offset, stride, width, out, row * width);
  return out;
}

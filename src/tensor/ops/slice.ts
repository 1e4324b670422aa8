import { DTYPES } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { axisOf, expectDenseRows, refuse, show } from "./checks.ts";

/**
 * Elements start .. start + length - 1 of one axis (negative axes count from the back): a view, no copy. x may be strided, but its last
 * axis must be dense, as ggml's views are. On the last axis of a block encoding both numbers are whole blocks. Throws ShapeError.
 */
export function slice(x: Tensor, axis: number, start: number, length: number): Tensor {
  const op = "slice";
  const along = axisOf(op, x, axis);
  const size = x.shape[along]!;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(length) || start < 0 || length < 1 || start + length > size)
    refuse(x, op, `${start} to ${start + length} on axis ${along} of x ${show(x)}`);
  if (length === size) return x;
  expectDenseRows(op, "x", x);
  const block = along === x.shape.length - 1 ? DTYPES[x.dtype].block : 1;
  if (start % block !== 0 || length % block !== 0)
    refuse(x, op, `${start} to ${start + length} of x ${show(x)} cuts a block of ${block}`);
  const offset = (start / block) * x.strides[along]!;
  return x.graph.add({
    op: "view",
    inputs: [x],
    params: { offset },
    dtype: x.dtype,
    shape: x.shape.map((n, i) => (i === along ? length : n)),
    view: { of: x, strides: x.strides, offset },
  });
}

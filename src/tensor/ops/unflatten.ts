import { byteLength, DTYPES, elements } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { axisOf, expectDenseRows, refuse, show } from "./checks.ts";

/** Splits one axis into several, outermost first, whose product is its size: a view, no copy. x may be strided with a dense last axis. Throws ShapeError. */
export function unflatten(x: Tensor, axis: number, sizes: readonly number[]): Tensor {
  const op = "unflatten";
  const along = axisOf(op, x, axis);
  const last = along === x.shape.length - 1;
  if (!sizes.every((n) => Number.isSafeInteger(n) && n > 0) || elements(sizes) !== x.shape[along])
    refuse(x, op, `[${sizes.join(", ")}] does not multiply to axis ${along} of x ${show(x)}`);
  expectDenseRows(op, "x", x);
  if (last && sizes.at(-1)! % DTYPES[x.dtype].block !== 0)
    refuse(x, op, `[${sizes.join(", ")}] cuts the blocks of x ${show(x)}`);
  const strides: number[] = [];
  let next = x.strides[along]!;
  for (let i = sizes.length - 1; i >= 0; i--) {
    strides.unshift(next);
    // On the last axis a stride counts blocks, so a piece's bytes are those of its row.
    const innermost = last && i === sizes.length - 1;
    next = innermost ? byteLength({ dtype: x.dtype, shape: [sizes[i]!] }) : next * sizes[i]!;
  }
  return x.graph.add({
    op: "view",
    inputs: [x],
    params: { offset: 0 },
    dtype: x.dtype,
    shape: x.shape.toSpliced(along, 1, ...sizes),
    view: { of: x, strides: x.strides.toSpliced(along, 1, ...strides), offset: 0 },
  });
}

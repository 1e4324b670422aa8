import { elements, padded } from "../../tensor/dtype.ts";
import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** The same values in another order or encoding. */
export const copy: Kernel = ([x], out) => store(out, load(x!));

/** a, then b along one axis. */
export const concat: Kernel = ([a, b], out, { axis }) => {
  const along = axis as number;
  const parts = [a!, b!].map((t) => ({ values: load(t), run: elements(t.shape.slice(along)) }));
  const y = new Float64Array(elements(out.shape));
  let to = 0;
  for (let outer = 0; to < y.length; outer++)
    for (const { values, run } of parts) {
      y.set(values.subarray(outer * run, (outer + 1) * run), to);
      to += run;
    }
  store(out, y);
};

/** For each element of `shape`, in row-major order, the index in `target` that `move` sends it to, axis by axis (four axes, outermost first). */
function place(
  shape: readonly number[],
  target: readonly number[],
  move: (axis: number, i: number) => number,
): Float64Array {
  const [n0, n1, n2, n3] = padded(shape);
  const [, m1, m2, m3] = padded(target);
  const to = new Float64Array(n0 * n1 * n2 * n3);
  let from = 0;
  for (let i0 = 0; i0 < n0; i0++)
    for (let i1 = 0; i1 < n1; i1++)
      for (let i2 = 0; i2 < n2; i2++) {
        const row = ((move(0, i0) * m1 + move(1, i1)) * m2 + move(2, i2)) * m3;
        for (let i3 = 0; i3 < n3; i3++) to[from++] = row + move(3, i3);
      }
  return to;
}

/** y[i + shift mod n] = x[i]. */
export const roll: Kernel = ([x], out, { shifts }) => {
  const values = load(x!);
  const sizes = padded(x!.shape);
  const by = [...new Array<number>(4 - x!.shape.length).fill(0), ...(shifts as readonly number[])];
  const to = place(x!.shape, out.shape, (axis, i) => (i + by[axis]!) % sizes[axis]!);
  const y = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) y[to[i]!] = values[i]!;
  store(out, y);
};

/** Zeros behind the end of each axis. */
export const pad: Kernel = ([x], out) => {
  const values = load(x!);
  const to = place(x!.shape, out.shape, (_, i) => i);
  const y = new Float64Array(elements(out.shape));
  for (let i = 0; i < values.length; i++) y[to[i]!] = values[i]!;
  store(out, y);
};

/** Each pixel `factor` times in both directions. */
export const upscale: Kernel = ([x], out, { factor }) => {
  const values = load(x!);
  const from = place(out.shape, x!.shape, (axis, i) => (axis < 2 ? i : Math.floor(i / (factor as number))));
  const y = new Float64Array(elements(out.shape));
  for (let i = 0; i < y.length; i++) y[i] = values[from[i]!]!;
  store(out, y);
};

/** y[i] = table[rows[i]]. */
export const getRows: Kernel = ([table, rows], out) => {
  const values = load(table!);
  const [count, width] = table!.shape as [number, number];
  const y = new Float64Array(elements(out.shape));
  for (const [i, row] of load(rows!).entries()) {
    if (row < 0 || row >= count) throw new RangeError(`row ${row} of a table of ${count}`);
    y.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  store(out, y);
};

import type { Grid } from "../grid.ts";
import type { MaskBatch } from "../mask.ts";

/** A mask, and a grid of one value to a cell, as its rows; several of the same size are a batch. */
export function maskOf(...pictures: readonly (readonly (readonly number[])[])[]): MaskBatch {
  const [first] = pictures as readonly [readonly (readonly number[])[]];
  const data = Float32Array.from(pictures.flat(2));
  return { batch: pictures.length, height: first.length, width: first[0]!.length, data };
}

export function gridOf(rows: readonly (readonly number[])[]): Grid {
  const { height, width, data } = maskOf(rows);
  return { outer: 1, height, width, inner: 1, data };
}

/** Back to rows, all pictures below one another. */
export const rowsOf = ({ width, data }: { readonly width: number; readonly data: Float32Array }): number[][] =>
  Array.from({ length: data.length / width }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);

import type { Grid } from "./grid.ts";
import { roundHalfEven } from "./roundHalfEven.ts";

/** A rectangle of a grid, in its cells. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is left of a rectangle inside a grid. */
export function cut(grid: Grid, { x, y, width, height }: Window): Grid {
  const { outer, inner } = grid;
  const data = new Float32Array(outer * height * width * inner);
  for (let o = 0; o < outer; o++)
    for (let row = 0; row < height; row++) {
      const from = ((o * grid.height + y + row) * grid.width + x) * inner;
      data.set(grid.data.subarray(from, from + width * inner), (o * height + row) * width * inner);
    }
  return { outer, height, width, inner, data };
}

/** The largest part around the middle that has the proportions of width x height; what is cut from each side rounds half to even. */
export function middle(grid: Pick<Grid, "width" | "height">, width: number, height: number): Window {
  const [before, after] = [grid.width / grid.height, width / height];
  const x = before > after ? roundHalfEven((grid.width - grid.width * (after / before)) / 2) : 0;
  const y = before < after ? roundHalfEven((grid.height - grid.height * (before / after)) / 2) : 0;
  return { x, y, width: grid.width - 2 * x, height: grid.height - 2 * y };
}

import type { Grid } from "./grid.ts";

/** Upside down. */
export const flipRows = (grid: Grid): Grid =>
  rearranged(grid, grid.width, grid.height, (x, y) => [x, grid.height - 1 - y]);

/** Left to right. */
export const flipColumns = (grid: Grid): Grid =>
  rearranged(grid, grid.width, grid.height, (x, y) => [grid.width - 1 - x, y]);

export const ROTATIONS = ["none", "90 degrees", "180 degrees", "270 degrees"] as const;

/** Clockwise, by one of ROTATIONS. */
export function rotate(grid: Grid, rotation: string): Grid {
  const { width, height } = grid;
  if (rotation.startsWith("90")) return rearranged(grid, height, width, (x, y) => [y, height - 1 - x]);
  if (rotation.startsWith("180")) return rearranged(grid, width, height, (x, y) => [width - 1 - x, height - 1 - y]);
  if (rotation.startsWith("270")) return rearranged(grid, height, width, (x, y) => [width - 1 - y, x]);
  return grid;
}

/** A grid of width x height whose cell (x, y) is the old one at `from(x, y)`. */
function rearranged(
  grid: Grid,
  width: number,
  height: number,
  from: (x: number, y: number) => readonly [x: number, y: number],
): Grid {
  const { outer, inner } = grid;
  const data = new Float32Array(grid.data.length);
  for (let o = 0; o < outer; o++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [oldX, oldY] = from(x, y);
        const at = ((o * grid.height + oldY) * grid.width + oldX) * inner;
        data.set(grid.data.subarray(at, at + inner), ((o * height + y) * width + x) * inner);
      }
  return { outer, height, width, inner, data };
}

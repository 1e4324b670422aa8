import type { Grid } from "./grid.ts";

/** A weight for each cell of the pasted grid: [its outer, height, width], 1 is all of it. */
export type PasteWeights = Float32Array;

/**
 * `source` onto `target` with its upper left cell at (x, y); what sticks out is cut. Between 0 and 1 of `weights` both are mixed. Same
 * outer and inner.
 */
export function paste(target: Grid, source: Grid, x: number, y: number, weights?: PasteWeights): Grid {
  const { outer, inner } = target;
  const data = target.data.slice();
  const [rows, columns] = [Math.min(source.height, target.height - y), Math.min(source.width, target.width - x)];
  for (let o = 0; o < outer; o++)
    for (let row = Math.max(0, -y); row < rows; row++)
      for (let column = Math.max(0, -x); column < columns; column++) {
        const cell = (o * source.height + row) * source.width + column;
        const weight = weights === undefined ? 1 : weights[cell]!;
        const to = ((o * target.height + y + row) * target.width + x + column) * inner;
        for (let c = 0; c < inner; c++)
          data[to + c] = weight * source.data[cell * inner + c]! + (1 - weight) * data[to + c]!;
      }
  return { ...target, data };
}

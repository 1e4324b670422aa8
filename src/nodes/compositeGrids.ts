import type { Grid } from "../image/grid.ts";
import { gridOfMask } from "../image/grids.ts";
import { paste } from "../image/paste.ts";
import { repeatTo } from "../image/repeatTo.ts";
import { resample } from "../image/resample.ts";
import type { Mask } from "./values.ts";

/**
 * A source laid over a destination of the same kind at cell (x, y), through a mask that is brought to the source's size. Both have `batch`
 * items; a shorter source or mask comes over again. `resize`: the source takes the destination's size first.
 */
export function compositeGrids(
  destination: Grid,
  source: Grid,
  {
    batch,
    sourceBatch,
    x,
    y,
    mask,
    resize,
  }: {
    readonly batch: number;
    readonly sourceBatch: number;
    readonly x: number;
    readonly y: number;
    readonly mask: Mask | undefined;
    readonly resize: boolean;
  },
): Grid {
  const sized = resize ? resample(source, destination.width, destination.height, "bilinear") : source;
  const own = { ...sized, outer: destination.outer, data: repeatTo(sized.data, sourceBatch, batch) };
  if (mask === undefined) return paste(destination, own, x, y);
  const fitted = resample(gridOfMask(mask), own.width, own.height, "bilinear");
  const each = repeatTo(fitted.data, mask.batch, batch);
  // a latent has several planes to an item, and each takes the item's mask
  const planes = destination.outer / batch;
  const cells = own.width * own.height;
  const weights = new Float32Array(destination.outer * cells);
  for (let o = 0; o < destination.outer; o++) {
    const from = Math.floor(o / planes) * cells;
    weights.set(each.subarray(from, from + cells), o * cells);
  }
  return paste(destination, own, x, y, weights);
}

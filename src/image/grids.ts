import type { Grid } from "./grid.ts";
import { type ImageBatch, imageBatch } from "./image.ts";
import type { MaskBatch } from "./mask.ts";

/** Pictures and masks as grids, and back. The values are shared, not copied. */
export const gridOfImage = ({ batch, height, width, channels, data }: ImageBatch): Grid => ({
  outer: batch,
  height,
  width,
  inner: channels,
  data,
});

export const imageOfGrid = ({ outer, height, width, inner, data }: Grid): ImageBatch =>
  imageBatch({ width, height, channels: inner, batch: outer }, data);

export const gridOfMask = ({ batch, height, width, data }: MaskBatch): Grid => ({
  outer: batch,
  height,
  width,
  inner: 1,
  data,
});

export const maskOfGrid = ({ outer, height, width, data }: Grid): MaskBatch => ({ batch: outer, height, width, data });

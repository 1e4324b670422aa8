import { type ImageBatch, imageBatch } from "./image.ts";
import type { Pixels } from "./pixels.ts";

/** A picture as a batch of one, [1, height, width, 3]: value / max in f32, grey in all three channels, alpha left out. */
export function fromBytes({ width, height, channels, max, data }: Pixels): ImageBatch {
  const image = imageBatch({ width, height, channels: 3, batch: 1 });
  const grey = channels < 3;
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) image.data[3 * i + c] = data[channels * i + (grey ? 0 : c)]! / max;
  return image;
}

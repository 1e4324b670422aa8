import { type ImageBatch, imageBatch } from "./image.ts";
import type { MaskBatch } from "./mask.ts";

/** Grey in all three channels. */
export function imageOfMask(mask: MaskBatch): ImageBatch {
  const image = imageBatch({ ...mask, channels: 3 });
  for (let i = 0; i < image.data.length; i++) image.data[i] = mask.data[Math.floor(i / 3)]!;
  return image;
}

import { type ImageBatch, imageBatch } from "./image.ts";

/** A batch with its last picture over again until there are `batch`. */
export function extendBatch(image: ImageBatch, batch: number): ImageBatch {
  if (batch <= image.batch) return image;
  const each = image.data.length / image.batch;
  const last = image.data.subarray((image.batch - 1) * each);
  const out = imageBatch({ ...image, batch });
  out.data.set(image.data);
  for (let n = image.batch; n < batch; n++) out.data.set(last, n * each);
  return out;
}

import { type ImageBatch, imageBatch } from "./image.ts";

/** The same pictures with that many channels: further ones are dropped, missing ones (alpha) are 1. */
export function withChannels(image: ImageBatch, channels: number): ImageBatch {
  if (image.channels === channels) return image;
  const out = imageBatch({ ...image, channels });
  for (let i = 0; i < image.batch * image.height * image.width; i++)
    for (let c = 0; c < channels; c++)
      out.data[i * channels + c] = c < image.channels ? image.data[i * image.channels + c]! : 1;
  return out;
}

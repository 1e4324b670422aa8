import type { ImageBatch } from "./image.ts";

/**
 * One picture of a batch as bytes [height, width, channels]: 255 x in f32, clamped, cut off (not rounded), as ComfyUI's SaveImage does.
 * k/255 comes back as k for every byte k. NaN becomes 0.
 */
export function toBytes(image: ImageBatch, index: number): Uint8Array {
  if (!(index >= 0 && index < image.batch)) throw new Error(`invariant: picture ${index} of a batch of ${image.batch}`);
  const count = image.width * image.height * image.channels;
  const values = image.data.subarray(index * count, (index + 1) * count);
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = Math.fround(255 * values[i]!);
    bytes[i] = Math.max(0, Math.min(255, value));
  }
  return bytes;
}

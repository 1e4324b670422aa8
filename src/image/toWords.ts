import type { ImageBatch } from "./image.ts";

/**
 * One picture of a batch as 16-bit values [height, width, channels], high byte first: 65535 x in f32, clamped, cut off (not rounded), as
 * `toBytes` with 8 bits. NaN becomes 0.
 */
export function toWords(image: ImageBatch, index: number): Uint8Array {
  if (!(index >= 0 && index < image.batch)) throw new Error(`invariant: picture ${index} of a batch of ${image.batch}`);
  const count = image.width * image.height * image.channels;
  const values = image.data.subarray(index * count, (index + 1) * count);
  const bytes = new Uint8Array(2 * count);
  for (let i = 0; i < count; i++) {
    const word = Math.trunc(Math.max(0, Math.min(65535, Math.fround(65535 * values[i]!)))) || 0;
    bytes[2 * i] = word >> 8;
    bytes[2 * i + 1] = word & 255;
  }
  return bytes;
}

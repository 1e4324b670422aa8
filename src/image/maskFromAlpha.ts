import type { MaskBatch } from "./mask.ts";
import type { Pixels } from "./pixels.ts";

/** What ComfyUI's LoadImage gives for a picture without alpha, whatever its size. */
const NONE = 64;

/** 1 - alpha, [1, height, width]; 64 x 64 zeros without an alpha channel. */
export function maskFromAlpha({ width, height, channels, max, data }: Pixels): MaskBatch {
  if (channels === 1 || channels === 3)
    return { width: NONE, height: NONE, batch: 1, data: new Float32Array(NONE * NONE) };
  const mask = new Float32Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = 1 - Math.fround(data[channels * (i + 1) - 1]! / max);
  return { width, height, batch: 1, data: mask };
}

import type { MaskBatch } from "./mask.ts";
import { maskFromAlpha } from "./maskFromAlpha.ts";
import type { Pixels } from "./pixels.ts";

/** A colour's values as a mask, [1, height, width], grey being all three; `alpha`: as `maskFromAlpha`. */
export function maskFromChannel(pixels: Pixels, channel: "red" | "green" | "blue" | "alpha"): MaskBatch {
  if (channel === "alpha") return maskFromAlpha(pixels);
  const { width, height, channels, max, data } = pixels;
  const place = channels < 3 ? 0 : ["red", "green", "blue"].indexOf(channel);
  const mask = new Float32Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = data[channels * i + place]! / max;
  return { width, height, batch: 1, data: mask };
}

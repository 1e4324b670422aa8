import { fitMask } from "../../image/inpaintMask.ts";
import { repeatTo } from "../../image/repeatTo.ts";
import type { Latent, Mask } from "../values.ts";

/** A noise mask as the sampler takes it, [batch, channels, height, width]: brought to the latent's size, over all channels. */
export function denoiseMaskOf(mask: Mask, { batch, channels, height, width }: Omit<Latent, "samples">): Float32Array {
  const planes = repeatTo(fitMask(mask, { width, height }).data, mask.batch, batch);
  const cells = width * height;
  const out = new Float32Array(batch * channels * cells);
  for (let o = 0; o < batch * channels; o++) {
    const from = Math.floor(o / channels) * cells;
    out.set(planes.subarray(from, from + cells), o * cells);
  }
  return out;
}

import type { Sampler } from "../sampler.ts";
import { weigh } from "./arrays.ts";

/** DPM-Solver++(2M) from the guided prediction back up along the negative's noise. Source: Chung et al. 2024 (arXiv:2406.08070). */
export const dpmpp2mCfgPp: Sampler = async ({ x, sigmas, guide, callback }) => {
  const steps = sigmas.length - 1;
  let before: Float32Array | null = null;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const { denoised, uncond } = await guide(x, sigma, true);
    callback?.({ step: i, steps, sigma, x, denoised });
    const keep = next / sigma;
    const moved = weigh([1, denoised], [-keep, uncond], [keep, x]);
    if (before !== null && next !== 0) {
      const r = Math.log(sigmas[i - 1]! / sigma) / Math.log(sigma / next);
      const gain = (1 - keep) / (2 * r);
      x = weigh([1, moved], [gain, denoised], [-gain, before]);
    } else x = moved;
    before = uncond;
  }
  return x;
};

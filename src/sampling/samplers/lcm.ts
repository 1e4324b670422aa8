import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";

/** Jumps to the prediction and back up to the next level with fresh noise. Source: Luo et al. 2023 (arXiv:2310.04378), multistep consistency sampling. */
export const lcm: Sampler = async ({ x, sigmas, denoise, sampling, seed, callback }) => {
  const noise = defaultNoiseSampler(seed, x.length);
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    x = next > 0 ? sampling.noiseScaling(next, noise(sigma, next), denoised, false) : denoised;
  }
  return x;
};

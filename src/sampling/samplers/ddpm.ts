import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";

/** The ancestral step of the first diffusion models, with a = 1 / (1 + sigma^2). Source: Ho et al. 2020 (arXiv:2006.11239), algorithm 2. */
export const ddpm: Sampler = async ({ x, sigmas, denoise, seed, callback }) => {
  const noise = defaultNoiseSampler(seed, x.length);
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    const product = 1 / (1 + sigma ** 2);
    const productNext = 1 / (1 + next ** 2);
    const alpha = product / productNext;
    const eps = (1 - alpha) / Math.sqrt(1 - product) / sigma;
    const spread = Math.sqrt(((1 - alpha) * (1 - productNext)) / (1 - product));
    const fresh = next > 0 ? noise(sigma, next) : null;
    // the formula is for latents of unit variance, x / sqrt(1 + sigma^2)
    const back = next > 0 ? Math.sqrt(1 + next ** 2) : 1;
    x = x.map((v, j) => {
      const mean = (v * Math.sqrt(product) - eps * (v - denoised[j]!)) / Math.sqrt(alpha);
      return back * (fresh ? mean + spread * fresh[j]! : mean);
    });
  }
  return x;
};

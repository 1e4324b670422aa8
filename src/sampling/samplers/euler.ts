import type { Sampler } from "../sampler.ts";

/** Euler steps along dx/dsigma = (x - denoised) / sigma. Source: Karras et al. 2022 (arXiv:2206.00364), algorithm 2 without churn. */
export const euler: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    const dt = Math.fround(sigmas[i + 1]! - sigma);
    x = x.map((v, j) => v + ((v - denoised[j]!) / sigma) * dt);
  }
  return x;
};

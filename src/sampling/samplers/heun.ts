import type { Sampler } from "../sampler.ts";
import { addScaled, derivative, weigh } from "./arrays.ts";

/** Heun's second order: the mean of the slopes at both ends of a step. Source: Karras et al. 2022 (arXiv:2206.00364), algorithm 1. */
export const heun: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    const slope = derivative(x, denoised, sigma);
    const end = addScaled(x, next - sigma, slope);
    if (next === 0) x = end;
    else {
      const endSlope = derivative(end, await denoise(end, next), next);
      x = addScaled(x, next - sigma, weigh([0.5, slope], [0.5, endSlope]));
    }
  }
  return x;
};

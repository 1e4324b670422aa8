import type { Sampler } from "../sampler.ts";
import { addScaled, derivative } from "./arrays.ts";

/** DPM-Solver-2: the slope at the geometric middle of a step. Source: Lu et al. 2022 (arXiv:2206.00927); Karras et al. 2022, algorithm 2. */
export const dpm2: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    let slope = derivative(x, denoised, sigma);
    if (next !== 0) {
      const middle = Math.fround(Math.sqrt(sigma * next));
      const x2 = addScaled(x, middle - sigma, slope);
      slope = derivative(x2, await denoise(x2, middle), middle);
    }
    x = addScaled(x, next - sigma, slope);
  }
  return x;
};

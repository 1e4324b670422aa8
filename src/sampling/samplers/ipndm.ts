import type { Sampler } from "../sampler.ts";
import { derivative, weigh } from "./arrays.ts";

/** Adams-Bashforth for even steps, by order: newest slope first. */
const COEFFICIENTS = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const;

/** Improved pseudo numerical methods: fourth order, as if the steps were even. Source: Zhang and Chen 2022 (arXiv:2204.13902). */
export const ipndm: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const start = x;
  const steps = sigmas.length - 1;
  const slopes: Float32Array[] = [];
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    // ComfyUI's callback is given the start latent at every step here
    callback?.({ step: i, steps, sigma, x: start, denoised });
    slopes.unshift(derivative(x, denoised, sigma));
    slopes.length = Math.min(slopes.length, COEFFICIENTS.length);
    const weights = COEFFICIENTS[slopes.length - 1]!;
    const terms = slopes.map((slope, j) => [(next - sigma) * weights[j]!, slope] as const);
    x = next === 0 ? denoised : weigh([1, x], ...terms);
  }
  return x;
};

import type { Sampler } from "../sampler.ts";
import { derivative, weigh } from "./arrays.ts";
import { gaussLegendre } from "./gaussLegendre.ts";

/** Linear multistep: integrates the polynomial through the last `order` slopes. Source: Adams-Bashforth with variable steps. */
export const lms =
  ({ order = 4 } = {}): Sampler =>
  async ({ x, sigmas, denoise, callback }) => {
    const steps = sigmas.length - 1;
    /** Newest first. */
    const slopes: Float32Array[] = [];
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const denoised = await denoise(x, sigma);
      callback?.({ step: i, steps, sigma, x, denoised });
      slopes.unshift(derivative(x, denoised, sigma));
      slopes.length = Math.min(slopes.length, order);
      if (sigmas[i + 1] === 0) x = denoised;
      else {
        const terms = slopes.map((slope, j) => [coefficient(sigmas, i, j, slopes.length), slope] as const);
        x = weigh([1, x], ...terms);
      }
    }
    return x;
  };

/** Integral over the step of the Lagrange polynomial that is 1 at sigma i - j and 0 at the others of `order`. */
function coefficient(sigmas: Float32Array, i: number, j: number, order: number): number {
  const from = sigmas[i]!;
  const half = (sigmas[i + 1]! - from) / 2;
  const own = sigmas[i - j]!;
  let sum = 0;
  for (const { node, weight } of gaussLegendre(Math.ceil(order / 2))) {
    const at = from + half * (node + 1);
    let value = weight;
    for (let k = 0; k < order; k++) if (k !== j) value *= (at - sigmas[i - k]!) / (own - sigmas[i - k]!);
    sum += value;
  }
  return sum * half;
}

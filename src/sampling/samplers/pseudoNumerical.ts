import type { Sampler } from "../sampler.ts";
import { derivative, weigh } from "./arrays.ts";

const ORDER = 4;

/**
 * Linear multistep on the last four slopes at most. `weights`: of the slopes, newest first, in units of the step, by the lengths of the last
 * steps, newest first. Source: Liu et al. 2022 (arXiv:2202.09778), pseudo numerical methods.
 */
export const pseudoNumerical =
  (weights: (lengths: readonly number[]) => readonly number[]): Sampler =>
  async ({ x, sigmas, denoise, callback }) => {
    const start = x;
    const steps = sigmas.length - 1;
    /** Newest first. */
    const slopes: Float32Array[] = [];
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const denoised = await denoise(x, sigma);
      // ComfyUI's callback is given the start latent at every step here
      callback?.({ step: i, steps, sigma, x: start, denoised });
      slopes.unshift(derivative(x, denoised, sigma));
      slopes.length = Math.min(slopes.length, ORDER);
      const lengths = slopes.map((_, k) => sigmas[i - k + 1]! - sigmas[i - k]!);
      const shares = weights(lengths);
      const terms = slopes.map((slope, j) => [lengths[0]! * shares[j]!, slope] as const);
      x = sigmas[i + 1] === 0 ? denoised : weigh([1, x], ...terms);
    }
    return x;
  };

import type { Sampler } from "../sampler.ts";
import { addScaled, derivative, weigh } from "./arrays.ts";

/** How far the change of the slope is followed beyond a plain step. */
const GAMMA = 2;

/** Euler with a correction by the last change of slope; `cfgPp`: along the negative's slope. Source: Permenter and Yuan 2023 (arXiv:2306.04848). */
export const gradientEstimation =
  ({ cfgPp = false }): Sampler =>
  async ({ x, sigmas, guide, callback }) => {
    const steps = sigmas.length - 1;
    let before: Float32Array | null = null;
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const next = sigmas[i + 1]!;
      const { denoised, uncond } = await guide(x, sigma, cfgPp);
      callback?.({ step: i, steps, sigma, x, denoised });
      const slope = derivative(x, cfgPp ? uncond : denoised, sigma);
      if (next === 0) x = denoised;
      else {
        const dt = next - sigma;
        const moved = cfgPp ? addScaled(denoised, next, slope) : addScaled(x, dt, slope);
        const change = (GAMMA - 1) * dt;
        x = before === null ? moved : weigh([1, moved], [change, slope], [-change, before]);
      }
      before = slope;
    }
    return x;
  };

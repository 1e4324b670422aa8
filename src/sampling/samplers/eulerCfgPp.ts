import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep } from "./ancestralStep.ts";
import { derivative, mix, weigh } from "./arrays.ts";
import type { SdeOptions } from "./sdeOptions.ts";

/**
 * From the guided prediction back up along the negative's noise, in variance-exploding terms (sigma / alpha); with fresh noise where
 * `ancestral`. Source: Chung et al. 2024 (arXiv:2406.08070), algorithm 2.
 */
export const eulerCfgPp =
  ({ ancestral = false, eta = 1, sNoise = 1 }: SdeOptions & { readonly ancestral?: boolean }): Sampler =>
  async ({ x, sigmas, guide, sampling, seed, callback }) => {
    const noise = ancestral ? defaultNoiseSampler(seed, x.length) : null;
    const alpha = (sigma: number) => (sampling.kind === "flow" ? 1 - sigma : 1);
    const steps = sigmas.length - 1;
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const next = sigmas[i + 1]!;
      const { denoised, uncond } = await guide(x, sigma, true);
      callback?.({ step: i, steps, sigma, x, denoised });
      if (next === 0) {
        x = denoised;
        continue;
      }
      const scaled = uncond.map((u) => alpha(sigma) * u);
      const slope = derivative(x, scaled, sigma);
      const to = next / alpha(next);
      if (noise === null) {
        x = mix(alpha(next), denoised, next, slope);
      } else {
        const from = sigma / alpha(sigma);
        const { down, up } = ancestralStep(from, to, eta);
        x = weigh(
          [alpha(next), denoised],
          [alpha(next) * down, slope],
          [alpha(next) * up * sNoise, noise(sigma, next)],
        );
      }
    }
    return x;
  };

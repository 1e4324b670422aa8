import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep, flowAncestralStep } from "./ancestralStep.ts";
import { addScaled, derivative, mix } from "./arrays.ts";
import type { SdeOptions } from "./sdeOptions.ts";

/** Euler steps that go too far down and add fresh noise; flow models have a formula of their own. The last step, to 0, adds none. */
export const eulerAncestral =
  ({ eta = 1, sNoise = 1 }: SdeOptions = {}): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const noise = defaultNoiseSampler(seed, x.length);
    const steps = sigmas.length - 1;
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const next = sigmas[i + 1]!;
      const denoised = await denoise(x, sigma);
      callback?.({ step: i, steps, sigma, x, denoised });
      if (next === 0) x = denoised;
      else if (sampling.kind === "flow") {
        const { down, scale, up } = flowAncestralStep(sigma, next, eta);
        const moved = mix(down / sigma, x, 1 - down / sigma, denoised);
        x = mix(scale, moved, up * sNoise, noise(sigma, next));
      } else {
        const { down, up } = ancestralStep(sigma, next, eta);
        const moved = addScaled(x, down - sigma, derivative(x, denoised, sigma));
        x = addScaled(moved, up * sNoise, noise(sigma, next));
      }
    }
    return x;
  };

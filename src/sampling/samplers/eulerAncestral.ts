import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep, flowAncestralStep } from "./ancestralStep.ts";
import { addScaled, derivative, mix } from "./arrays.ts";
import type { SdeOptions } from "./sdeOptions.ts";
import { stepDown } from "./stepDown.ts";

/** Euler steps that go too far down and add fresh noise; flow models have a formula of their own. The last step, to 0, adds none. */
export const eulerAncestral =
  ({ eta = 1, sNoise = 1 }: SdeOptions = {}): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const noise = defaultNoiseSampler(seed, x.length);
    return stepDown({ x, sigmas, denoise, callback }, ({ x, sigma, next, denoised }) => {
      if (sampling.kind === "flow") {
        const { down, scale, up } = flowAncestralStep(sigma, next, eta);
        const moved = mix(down / sigma, x, 1 - down / sigma, denoised);
        return mix(scale, moved, up * sNoise, noise(sigma, next));
      }
      const { down, up } = ancestralStep(sigma, next, eta);
      const moved = addScaled(x, down - sigma, derivative(x, denoised, sigma));
      return addScaled(moved, up * sNoise, noise(sigma, next));
    });
  };

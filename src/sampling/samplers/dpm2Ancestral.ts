import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep, flowAncestralStep } from "./ancestralStep.ts";
import { addScaled, derivative, mix } from "./arrays.ts";

/** DPM-Solver-2 steps that go too far down and add fresh noise; flow models have a formula of their own. */
export const dpm2Ancestral: Sampler = async ({ x, sigmas, denoise, sampling, seed, callback }) => {
  const noise = defaultNoiseSampler(seed, x.length);
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    const slope = derivative(x, denoised, sigma);
    const { down, up, scale } =
      sampling.kind === "flow" ? flowAncestralStep(sigma, next) : { ...ancestralStep(sigma, next), scale: 1 };
    if (down === 0) {
      x = addScaled(x, down - sigma, slope);
      continue;
    }
    const middle = Math.fround(Math.sqrt(sigma * down));
    const x2 = addScaled(x, middle - sigma, slope);
    const moved = addScaled(x, down - sigma, derivative(x2, await denoise(x2, middle), middle));
    x = mix(scale, moved, up, noise(sigma, next));
  }
  return x;
};

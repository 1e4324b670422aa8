import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep } from "./ancestralStep.ts";
import { addScaled, derivative, weigh } from "./arrays.ts";

/** DPM-Solver++(2S) with fresh noise, from latents moved by the guidance. Source: Chung et al. 2024 (arXiv:2406.08070). */
export const dpmpp2sAncestralCfgPp: Sampler = async ({ x, sigmas, guide, seed, callback }) => {
  const noise = defaultNoiseSampler(seed, x.length);
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const first = await guide(x, sigma, true);
    callback?.({ step: i, steps, sigma, x, denoised: first.denoised });
    const { down, up } = ancestralStep(sigma, next);
    if (down === 0) {
      x = addScaled(first.denoised, down, derivative(x, first.uncond, sigma));
      continue;
    }
    const middle = Math.fround(Math.sqrt(sigma * down));
    const part = middle / sigma;
    const x2 = weigh([part, x], [part, first.denoised], [-part, first.uncond], [1 - part, first.denoised]);
    const second = await guide(x2, middle, true);
    const keep = down / sigma;
    const moved = weigh([keep, x], [keep, first.denoised], [-keep, second.uncond], [1 - keep, second.denoised]);
    x = addScaled(moved, up, noise(sigma, next));
  }
  return x;
};

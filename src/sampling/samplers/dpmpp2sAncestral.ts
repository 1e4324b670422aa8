import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep, flowAncestralStep } from "./ancestralStep.ts";
import { addScaled, derivative, mix } from "./arrays.ts";
import type { SdeOptions } from "./sdeOptions.ts";

/** Middle of a flow's first step in log SNR, which is infinite at sigma 1. */
const AFTER_ONE = Math.fround(0.9999);

/** DPM-Solver++(2S): a prediction at the middle of the step in log SNR, then fresh noise. Source: Lu et al. 2022 (arXiv:2211.01095), algorithm 1. */
export const dpmpp2sAncestral =
  ({ eta = 1, sNoise = 1 }: SdeOptions = {}): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const noise = defaultNoiseSampler(seed, x.length);
    const steps = sigmas.length - 1;
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const next = sigmas[i + 1]!;
      const denoised = await denoise(x, sigma);
      callback?.({ step: i, steps, sigma, x, denoised });
      if (next === 0) {
        x = addScaled(x, -sigma, derivative(x, denoised, sigma));
        continue;
      }
      const flow = sampling.kind === "flow";
      const { down, up, scale } = flow
        ? flowAncestralStep(sigma, next, eta)
        : { ...ancestralStep(sigma, next, eta), scale: 1 };
      if (down === 0) {
        // all of it is renewed, so there is no level between
        x = mix(scale, denoised, up * sNoise, noise(sigma, next));
        continue;
      }
      const middle = Math.fround(flow ? flowMiddle(sigma, down) : Math.sqrt(sigma * down));
      const x2 = mix(middle / sigma, x, 1 - middle / sigma, denoised);
      const moved = mix(down / sigma, x, 1 - down / sigma, await denoise(x2, middle));
      x = mix(scale, moved, up * sNoise, noise(sigma, next));
    }
    return x;
  };

/** The sigma whose log((1 - sigma) / sigma) lies in the middle of the two. */
function flowMiddle(sigma: number, down: number): number {
  if (sigma === 1) return AFTER_ONE;
  const logSnr = (s: number) => Math.log((1 - s) / s);
  return 1 / (Math.exp((logSnr(sigma) + logSnr(down)) / 2) + 1);
}

import { finiteStart, logSnr } from "../logSnr.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep } from "./ancestralStep.ts";
import { mix } from "./arrays.ts";
import { brownianOver } from "./brownianOver.ts";
import type { SdeOptions } from "./sdeOptions.ts";
import { stepDown } from "./stepDown.ts";

const f32 = Math.fround;

/** DPM-Solver++ (SDE): a prediction at a share `r` of each step in log SNR (default: its middle), noise of one Brownian path. Source: Lu et al. 2022 (arXiv:2211.01095), appendix; k-diffusion. */
export const dpmppSde =
  ({ eta = 1, sNoise = 1, r = 1 / 2 }: SdeOptions & { readonly r?: number } = {}): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const noise = brownianOver(sigmas, seed, x.length);
    const { lambda, sigma: sigmaAt, alpha } = logSnr(sampling);
    const levels = finiteStart(sigmas, sampling);
    return stepDown({ x, sigmas: levels, denoise, callback }, async ({ x, sigma, next, denoised }) => {
      const ratio = f32(Math.exp(-lambda(sigma)));
      /** From x at sigma towards `to`, along `direction`, with noise of the path. */
      const advance = (to: number, direction: Float32Array) => {
        const { down, up } = ancestralStep(ratio, f32(Math.exp(-lambda(to))), eta);
        const keep = down / ratio;
        const moved = mix((alpha(to) / alpha(sigma)) * keep, x, alpha(to) * (1 - keep), direction);
        return up * sNoise === 0 ? moved : mix(1, moved, alpha(to) * up * sNoise, noise(sigma, to));
      };
      const middle = f32(sigmaAt(f32(lambda(sigma) + f32(f32(lambda(next) - lambda(sigma)) * r))));
      const between = advance(middle, denoised);
      const second = await denoise(between, middle);
      // at the middle exactly, the first prediction's weight is 0
      return advance(next, r === 1 / 2 ? second : mix(1 - 1 / (2 * r), denoised, 1 / (2 * r), second));
    });
  };

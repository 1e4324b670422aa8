import { finiteStart, logSnr } from "../logSnr.ts";
import type { Sampler } from "../sampler.ts";
import { mix, weigh } from "./arrays.ts";
import { brownianOver } from "./brownianOver.ts";
import type { SdeOptions } from "./sdeOptions.ts";
import { stepDown } from "./stepDown.ts";

/** Predictions that a step builds on, newest first, and the length in log SNR of the step from each to the next. */
interface Past {
  readonly denoised: Float32Array;
  readonly h: number;
}

/**
 * DPM-Solver++ multistep with noise of one Brownian path: `order` 2 by the midpoint or Heun's formula, or 3.
 * Source: Lu et al. 2022 (arXiv:2211.01095), SDE-DPM-Solver++(2M); k-diffusion for order 3.
 */
export const dpmppMSde =
  ({ formula, eta = 1, sNoise = 1 }: SdeOptions & { readonly formula: "midpoint" | "heun" | "third" }): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const noise = brownianOver(sigmas, seed, x.length);
    const { lambda, alpha } = logSnr(sampling);
    const levels = finiteStart(sigmas, sampling);
    const past: Past[] = [];
    return stepDown({ x, sigmas: levels, denoise, callback }, ({ x, sigma, next, denoised }) => {
      const h = lambda(next) - lambda(sigma);
      const gain = -Math.expm1(-h * (1 + eta));
      const base = mix((next / sigma) * Math.exp(-h * eta), x, alpha(next) * gain, denoised);
      const moved = weigh([1, base], ...corrections(formula, denoised, past, { h, eta }, alpha(next)));
      const deviation = next * Math.sqrt(-Math.expm1(-2 * h * eta)) * sNoise;
      past.unshift({ denoised, h });
      past.length = Math.min(past.length, 2);
      return deviation === 0 ? moved : mix(1, moved, deviation, noise(sigma, next));
    });
  };

/** What earlier predictions add to a first-order step of length `h` (with its noise, 1 + eta times that), as weights of predictions. */
function corrections(
  formula: "midpoint" | "heun" | "third",
  denoised: Float32Array,
  [last, older]: readonly Past[],
  { h, eta }: { readonly h: number; readonly eta: number },
  alpha: number,
): (readonly [number, Float32Array])[] {
  if (last === undefined) return [];
  const whole = h * (1 + eta);
  const phi2 = Math.expm1(-whole) / whole + 1;
  const r0 = last.h / h;
  if (formula !== "third" || older === undefined) {
    const weight = ((formula === "midpoint" ? -Math.expm1(-whole) / 2 : phi2) * alpha) / r0;
    return [
      [weight, denoised],
      [-weight, last.denoised],
    ];
  }
  const r1 = older.h / h;
  const phi3 = phi2 / whole - 0.5;
  const slope0 = mix(1 / r0, denoised, -1 / r0, last.denoised);
  const slope1 = mix(1 / r1, last.denoised, -1 / r1, older.denoised);
  const second = mix(1 / (r0 + r1), slope0, -1 / (r0 + r1), slope1);
  return [
    [alpha * phi2, slope0],
    [alpha * (phi2 * r0 - phi3), second],
  ];
}

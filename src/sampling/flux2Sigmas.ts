import { linspace } from "./linspace.ts";
import { roundHalfEven } from "./roundHalfEven.ts";

/** Above this many tokens the shift no longer depends on the step count. */
const LARGE_TOKENS = 4300;

/**
 * Flux2Scheduler: `steps` + 1 sigmas from 1 to exactly 0. `width` and `height` in pixels; a token is 16 x 16 of them. The shift mu
 * grows with the picture and falls with the steps: a line through its values at 10 and at 200 steps.
 * Source: BFL's flux2 sampling code (compute_empirical_mu).
 */
export function flux2Sigmas(steps: number, width: number, height: number): Float32Array {
  const expMu = Math.exp(flux2Mu(steps, width, height));
  return linspace(1, 0, steps + 1).map((t) => expMu / (expMu + (1 / t - 1)));
}

/** The shift of a Flux 2 schedule. */
export function flux2Mu(steps: number, width: number, height: number): number {
  const tokens = roundHalfEven((width * height) / 256);
  const mu200 = 0.00016927 * tokens + 0.45666666;
  if (tokens > LARGE_TOKENS) return mu200;
  const mu10 = 8.73809524e-5 * tokens + 1.89833333;
  const slope = (mu200 - mu10) / 190;
  return slope * steps + (mu200 - 200 * slope);
}

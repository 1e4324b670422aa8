import type { Sampler } from "../sampler.ts";
import { derivative, weigh } from "./arrays.ts";

const ORDER = 3;
/** Points of the rule that integrates the coefficients. */
const POINTS = 10_000;
/** Range of the schedule that sigmas are read as times of (EDM's variance-preserving one). */
const SIGMA_MIN = 0.002;
const SIGMA_MAX = 80;
const TIME_MIN = 1e-3;

/** Exponential integrator, third order in a variance-preserving time, coefficients tabulated. Source: Zhang and Chen 2022 (arXiv:2204.13902), tAB-DEIS. */
export const deis: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const start = x;
  const steps = sigmas.length - 1;
  const { time, betaMin, betaSlope } = variancePreserving();
  const times = Array.from(sigmas, time);
  /** Newest first. */
  const slopes: Float32Array[] = [];
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    // ComfyUI's callback is given the start latent at every step here
    callback?.({ step: i, steps, sigma, x: start, denoised });
    slopes.unshift(derivative(x, denoised, sigma));
    slopes.length = Math.min(slopes.length, ORDER);
    if (next <= 0 || slopes.length === 1) x = weigh([1, x], [next - sigma, slopes[0]!]);
    else {
      const nodes = slopes.map((_, j) => times[i - j]!);
      const weights = coefficients(nodes, times[i + 1]!, betaMin, betaSlope);
      x = weigh([1, x], ...slopes.map((slope, j) => [weights[j]!, slope] as const));
    }
  }
  return x;
};

/** sigma^2 + 1 = exp(betaMin t + betaSlope t^2 / 2). */
function variancePreserving() {
  const low = Math.log(SIGMA_MIN ** 2 + 1);
  const high = Math.log(SIGMA_MAX ** 2 + 1);
  const betaSlope = (2 * (low / TIME_MIN - high)) / (TIME_MIN - 1);
  const betaMin = high - 0.5 * betaSlope;
  const time = (sigma: number) =>
    (Math.sqrt(betaMin ** 2 + 2 * betaSlope * Math.log(sigma ** 2 + 1)) - betaMin) / betaSlope;
  return { time, betaMin, betaSlope };
}

/** Integrals from the first node to `end` of each node's Lagrange polynomial times dsigma/dt. */
function coefficients(nodes: readonly number[], end: number, betaMin: number, betaSlope: number): number[] {
  const start = nodes[0]!;
  const sums = nodes.map(() => 0);
  for (let n = 0; n < POINTS; n++) {
    const t = start + ((end - start) * n) / (POINTS - 1);
    const alpha = Math.exp(-betaMin * t - 0.5 * betaSlope * t * t);
    const rate = (0.5 * (betaMin + betaSlope * t)) / Math.sqrt(alpha * (1 - alpha));
    for (let j = 0; j < nodes.length; j++) {
      let value = rate;
      for (let k = 0; k < nodes.length; k++) if (k !== j) value *= (t - nodes[k]!) / (nodes[j]! - nodes[k]!);
      sums[j]! += value;
    }
  }
  return sums.map((sum) => (sum * (end - start)) / POINTS);
}

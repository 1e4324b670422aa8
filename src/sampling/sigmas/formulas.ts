import { linspace } from "../linspace.ts";

/** Keeps Laplace's logarithm finite at its ends. */
const EPSILON = 1e-5;

/** Even in log sigma to the power of `rho`, then 0. Source: k-diffusion, polyexponential. */
export function polyexponentialSigmas(steps: number, sigmaMin: number, sigmaMax: number, rho: number): Float32Array {
  const span = Math.log(sigmaMax) - Math.log(sigmaMin);
  return withZero(linspace(1, 0, steps).map((t) => Math.exp(t ** rho * span + Math.log(sigmaMin))));
}

/** Quantiles of a Laplace distribution of log sigma, within the range; no 0 at the end. Source: Hang and Gu 2024 (arXiv:2407.03297). */
export function laplaceSigmas(
  steps: number,
  sigmaMin: number,
  sigmaMax: number,
  mu: number,
  beta: number,
): Float32Array {
  return linspace(0, 1, steps).map((x) => {
    const logSigma = mu - beta * Math.sign(0.5 - x) * Math.log(1 - 2 * Math.abs(0.5 - x) + EPSILON);
    return Math.min(Math.max(Math.exp(logSigma), sigmaMin), sigmaMax);
  });
}

/** The continuous variance-preserving schedule, even in time, then 0. Source: Song et al. 2020 (arXiv:2011.13456). */
export function vpSigmas(steps: number, betaD: number, betaMin: number, epsS: number): Float32Array {
  return withZero(linspace(1, epsS, steps).map((t) => Math.sqrt(Math.expm1((betaD * t ** 2) / 2 + betaMin * t))));
}

const withZero = (levels: Float32Array): Float32Array => Float32Array.of(...levels, 0);

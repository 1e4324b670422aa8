import type { ModelSampling } from "./modelSampling.ts";

/** Just below a flow's sigma 1, where the log SNR is not finite. */
const ALMOST_START = 1e-4;

const f32 = Math.fround;

/**
 * Half the log of signal over noise at a sigma, the way back, and the signal's own weight. Solvers step evenly in it.
 * Rounded as torch rounds it: a level between two steps decides which stretch of a Brownian path is read.
 */
export interface LogSnr {
  lambda(sigma: number): number;
  sigma(lambda: number): number;
  alpha(sigma: number): number;
}

export const logSnr = ({ kind }: ModelSampling): LogSnr =>
  kind === "flow"
    ? {
        lambda: (sigma) => f32(-Math.log(f32(sigma / f32(1 - sigma)))),
        sigma: (lambda) => 1 / (1 + Math.exp(lambda)),
        alpha: (sigma) => 1 - sigma,
      }
    : { lambda: (sigma) => f32(-Math.log(sigma)), sigma: (lambda) => Math.exp(-lambda), alpha: () => 1 };

/** The same levels with a flow's first 1 moved to where its log SNR is finite. */
export function finiteStart(sigmas: Float32Array, sampling: ModelSampling): Float32Array {
  const moved = sigmas.slice();
  if (sampling.kind === "flow" && moved.length > 1 && moved[0]! >= 1) moved[0] = sampling.percentToSigma(ALMOST_START);
  return moved;
}

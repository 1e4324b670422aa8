import type { ModelSampling } from "../modelSampling.ts";

/** The timesteps that turbo models were distilled at: 999, 899, ..., 99. */
const TIMESTEPS = Array.from({ length: 10 }, (_, i) => 999 - 100 * i);

/** SDTurboScheduler: up to `steps` of the distilled timesteps, from a start that `denoise` sets, then 0. Source: Sauer et al. 2023 (arXiv:2311.17042). */
export function sdTurboSigmas(sampling: ModelSampling, steps: number, denoise: number): Float32Array {
  const start = 10 - Math.trunc(10 * denoise);
  return Float32Array.of(...TIMESTEPS.slice(start, start + steps).map((t) => sampling.sigma(t)), 0);
}

import { inverseBeta } from "../incompleteBeta.ts";
import type { ModelSampling } from "../modelSampling.ts";
import { roundHalfEven } from "../roundHalfEven.ts";
import type { Scheduler } from "../scheduler.ts";

/** Table entries at quantiles of a Beta distribution: dense at both ends. An entry that comes twice in a row counts once. Source: Lee et al. 2024 (arXiv:2407.12173). */
export function betaSigmas({ sigmas }: ModelSampling, steps: number, alpha: number, beta: number): number[] {
  const levels: number[] = [];
  let before = -1;
  for (let i = 0; i < steps; i++) {
    const at = roundHalfEven(inverseBeta(1 - i / steps, alpha, beta) * (sigmas.length - 1));
    if (at !== before) levels.push(sigmas[at]!);
    before = at;
  }
  return [...levels, 0];
}

export const beta: Scheduler = (sampling, steps) => betaSigmas(sampling, steps, 0.6, 0.6);

import { brownianNoiseSampler } from "../brownianTree.ts";
import type { NoiseSampler } from "../noiseSampler.ts";

/** The Brownian path of a run: from its smallest level above 0 to its largest. */
export function brownianOver(sigmas: Float32Array, seed: bigint, count: number): NoiseSampler {
  const levels = sigmas.filter((sigma) => sigma > 0);
  return brownianNoiseSampler(seed, count, Math.min(...levels), Math.max(...levels));
}

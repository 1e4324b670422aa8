import { BadSeed } from "./errors.ts";
import { TorchGenerator } from "./torchGenerator.ts";

/** Fresh noise for a step from `sigma` to `sigmaNext`: as many values as the latent has. */
export type NoiseSampler = (sigma: number, sigmaNext: number) => Float32Array;

/**
 * The noise of ancestral and most SDE samplers: a generator of its own, seeded with seed + 1 so that it does not repeat the start
 * noise, and one draw of `count` values per use. Throws BadSeed for 2^64 - 1, which has no next 64-bit seed.
 */
export function defaultNoiseSampler(seed: bigint, count: number): NoiseSampler {
  if (seed + 1n >= 1n << 64n) {
    throw new BadSeed(`seed ${seed} is the largest there is, and this sampler needs seed + 1; use a smaller seed`);
  }
  const generator = new TorchGenerator(seed + 1n);
  return () => generator.randn(count);
}

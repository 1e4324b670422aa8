import { prepareNoise } from "../../../src/sampling/prepareNoise.ts";
import type { KindRunner } from "../kindRunner.ts";
import { param, seedOf } from "../params.ts";

export const rngNoiseInds: KindRunner = {
  kind: "rng.noise_inds",
  async run(golden) {
    const shape = param(golden, "shape", "numbers");
    const inds = param(golden, "noise_inds", "numbers");
    const seed = seedOf(golden);
    const values = {
      "out.noise": { shape: [inds.length, ...shape.slice(1)], data: prepareNoise(shape, seed, inds) },
      "out.plain": { shape, data: prepareNoise(shape, seed) },
    };
    return { values };
  },
};

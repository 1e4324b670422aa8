import { defaultNoiseSampler } from "../../../src/sampling/noiseSampler.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { param, seedOf } from "../params.ts";

export const rngDefaultNoiseSampler: KindRunner = {
  kind: "rng.default_noise_sampler",
  async run(golden) {
    const shape = param(golden, "shape", "numbers");
    const count = shape.reduce((product, side) => product * side, 1);
    const noise = defaultNoiseSampler(seedOf(golden), count);
    const values: Record<string, GoldenTensor> = {};
    for (let call = 0; call < golden.outputs.size; call++) values[`out.call${call}`] = { shape, data: noise(1, 0) };
    return { values };
  },
};

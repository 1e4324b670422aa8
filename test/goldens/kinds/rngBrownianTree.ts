import { brownianNoiseSampler } from "../../../src/sampling/brownianTree.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { param, seedOf } from "../params.ts";

export const rngBrownianTree: KindRunner = {
  kind: "rng.brownian_tree",
  async run(golden) {
    const shape = param(golden, "shape", "numbers");
    const count = shape.reduce((product, side) => product * side, 1);
    const [low, high] = [param(golden, "sigma_min", "number"), param(golden, "sigma_max", "number")];
    const noise = brownianNoiseSampler(seedOf(golden), count, low, high);
    const values: Record<string, GoldenTensor> = {};
    for (const [i, [from, to]] of (golden.params["calls"] as [number, number][]).entries())
      values[`out.call${i}`] = { shape, data: noise(from, to) };
    return { values };
  },
};

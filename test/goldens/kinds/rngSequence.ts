import { TorchGenerator } from "../../../src/sampling/torchGenerator.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { seedOf } from "../params.ts";

const draws: Record<string, (generator: TorchGenerator, n: number) => GoldenTensor["data"]> = {
  randn: (g, n) => g.randn(n),
  rand: (g, n) => g.rand(n),
  rand64: (g, n) => g.rand64(n),
  randn64: (g, n) => g.randn64(n),
  randint1000: (g, n) => g.randint(n, 1000n),
};

export const rngSequence: KindRunner = {
  kind: "rng.sequence",
  async run(golden) {
    const generator = new TorchGenerator(seedOf(golden));
    const values: Record<string, GoldenTensor> = {};
    for (const [i, [draw, n]] of (golden.params["ops"] as [string, number][]).entries()) {
      values[`out.${String(i).padStart(2, "0")}.${draw}.${n}`] = row(draws[draw]!(generator, n));
    }
    return { values };
  },
};

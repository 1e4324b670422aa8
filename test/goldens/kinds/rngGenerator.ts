import { TorchGenerator } from "../../../src/sampling/torchGenerator.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { seedOf } from "../params.ts";

/** Draws by the middle part of an output's name, `out.DRAW.SHAPE`; one fresh seeding each. */
const draws: Record<string, (generator: TorchGenerator, n: number) => GoldenTensor["data"]> = {
  randn: (g, n) => g.randn(n),
  rand: (g, n) => g.rand(n),
  rand64: (g, n) => g.rand64(n),
  randn64: (g, n) => g.randn64(n),
  randint_0_1000: (g, n) => g.randint(n, 1000n),
  randint_0_2p63m1: (g, n) => g.randint(n, 2n ** 63n - 1n),
  randperm: (g, n) => g.randperm(n),
  randn_f16: (g, n) => g.randn(n, 11),
  randn_bf16: (g, n) => g.randn(n, 8),
};

export const rngGenerator: KindRunner = {
  kind: "rng.generator",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const [name, { shape }] of golden.outputs) {
      const draw = draws[name.split(".")[1]!];
      if (draw === undefined) continue;
      const n = shape.reduce((product, side) => product * side, 1);
      values[name] = { shape, data: draw(new TorchGenerator(seedOf(golden)), n) };
    }
    return { values };
  },
};

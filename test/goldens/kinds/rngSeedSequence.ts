import { seedSequence } from "../../../src/sampling/seedSequence.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Row {
  readonly entropy: string;
  readonly spawn_key: readonly string[];
  readonly pool_size: number;
  readonly state4: readonly number[];
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();

export const rngSeedSequence: KindRunner = {
  kind: "rng.seed_sequence",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { entropy, spawn_key, pool_size }] of rows(golden))
      values[`rows.${i}`] = row(seedSequence(BigInt(entropy), spawn_key.map(BigInt), pool_size, 4));
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, { state4 }] of rows(golden)) expected[`rows.${i}`] = row(state4);
    return expected;
  },
};

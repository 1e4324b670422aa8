import { expect, test } from "vitest";
import { leastDrawn } from "./leastDrawn.ts";

test.each([
  // (1/2)^10 is common; (1/2)^20 is below one in a million, and 21 (1/2)^20 is not.
  { runs: 10, share: 0.5, least: 0 },
  { runs: 20, share: 0.5, least: 1 },
  // Near the mean less 4.75 deviations: 5000 - 237.
  { runs: 10_000, share: 0.5, least: 4763 },
])("$runs runs at a share of $share: $least", ({ runs, share, least }) => {
  expect(Math.abs(leastDrawn(runs, share) - least)).toBeLessThanOrEqual(runs > 1000 ? 2 : 0);
});

test("a coin that falls as often as is said passes, one that falls half as often does not", () => {
  let seed = 1;
  const draw = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const heads = (runs: number, share: number) => Array.from({ length: runs }, draw).filter((x) => x < share).length;
  for (const runs of [400, 2000]) {
    expect(heads(runs, 0.25)).toBeGreaterThanOrEqual(leastDrawn(runs, 0.25));
    expect(heads(runs, 0.125)).toBeLessThan(leastDrawn(runs, 0.25));
  }
});

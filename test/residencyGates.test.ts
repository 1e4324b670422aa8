import { expect, test } from "vitest";
import { measure, ratesFor } from "../bench/residency/measure.ts";
import { scenarios } from "../bench/residency/scenarios.ts";
import { runPolicy } from "../src/planner/runPolicy.ts";

/** The gates of the residency core on real shapes, by simulation: docs/residency.md has all policies and budgets. */
const shapes = scenarios.filter(({ file }) => file !== "chain");

test.each(shapes)(
  "$file: a steady pass moves M - R, and R is the budget less the window and one weight",
  async ({ make }) => {
    const scenario = make();
    const rates = ratesFor(await runPolicy("spread-pins", scenario.input(10 * scenario.modelBytes)));
    for (const share of [0.1, 0.3, 0.6, 0.9]) {
      const ours = (await measure(scenario, "spread-pins", share, rates))!;
      expect(ours.passBytes).toBeLessThanOrEqual(1.02 * (scenario.modelBytes - ours.pinnedBytes) + 1e6);
      expect(ours.pinnedBytes).toBeGreaterThanOrEqual(ours.budget - ours.windowBytes - scenario.largestWeight);
      expect(ours.passBytes).toBeGreaterThanOrEqual(ours.boundBytes);
      expect(ours.passSeconds).toBeGreaterThanOrEqual(ours.boundSeconds * 0.999);
      const lru = (await measure(scenario, "lru", share, rates))!;
      expect(lru.passBytes).toBeGreaterThan(ours.passBytes);
    }
  },
);

import { expect, test } from "vitest";
import { pinAtMost } from "./pinAtMost.ts";
import type { PolicyState } from "./policy.ts";
import type { Schedule } from "./words.ts";

/** Four stages of one weight each, ten times over. */
const sizes = [10, 20, 30, 10];
const schedule: Schedule = {
  kind: "repeat",
  n: 10,
  body: {
    kind: "sequence",
    items: sizes.map((_, i) => ({
      kind: "use",
      use: { stage: `s${i}`, weights: [i], activationBytes: 0, flops: 0 },
    })),
  },
};
const state = (budget: number): PolicyState => ({
  bytes: (weight) => sizes[weight]!,
  resident: [],
  budget,
  maxChunkBytes: 2 ** 40,
});

test("one stage's weights at a time, however much there is", () => {
  for (const budget of [30, 40, 1e9]) {
    const planned = pinAtMost(0).plan(state(budget), schedule);
    expect(planned).toMatchObject({
      ok: true,
      value: { modelBytes: 70, pinnedBytes: 0, windowBytes: 30, ahead: false },
    });
  }
});

test("less than the largest stage is refused with both numbers", () => {
  expect(pinAtMost(0).plan(state(29), schedule)).toEqual({ ok: false, error: { stage: "s2", needed: 30, budget: 29 } });
});

test("a share of the model is a ceiling, except where it would not run", () => {
  const budgets = (share: number) => {
    const planned = pinAtMost(share).plan(state(1e9), schedule);
    return planned.ok ? planned.value.pinnedBytes + planned.value.windowBytes : null;
  };
  expect(budgets(0.3)).toBe(30);
  expect(budgets(0.8)).toBeLessThanOrEqual(56);
  expect(budgets(0.8)).toBeGreaterThan(30);
  expect(budgets(1)).toBe(70);
});

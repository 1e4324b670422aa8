import { expect, test } from "vitest";
import { pinNothing } from "./pinNothing.ts";
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
    const planned = pinNothing.plan(state(budget), schedule);
    expect(planned).toMatchObject({
      ok: true,
      value: { modelBytes: 70, pinnedBytes: 0, windowBytes: 30, ahead: false },
    });
  }
});

test("less than the largest stage is refused with both numbers", () => {
  expect(pinNothing.plan(state(29), schedule)).toEqual({ ok: false, error: { stage: "s2", needed: 30, budget: 29 } });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { pinOrder } from "./pinOrder.ts";
import type { Plan, PolicyState } from "./policy.ts";
import { flatten } from "./schedule.ts";
import { spreadPins } from "./spreadPins.ts";
import type { Bytes, Schedule, Use } from "./words.ts";

const state = (sizes: readonly Bytes[], budget: Bytes, maxChunkBytes = 2 ** 40): PolicyState => ({
  bytes: (weight) => sizes[weight]!,
  resident: [],
  budget,
  maxChunkBytes,
});

const schedule = (stages: readonly (readonly number[])[], n: number | "unknown" = 4): Schedule => ({
  kind: "repeat",
  n,
  body: {
    kind: "sequence",
    items: stages.map((weights, i) => ({
      kind: "use",
      use: { stage: `s${i}`, weights, activationBytes: 0, flops: 0 },
    })),
  },
});

function planOf(sizes: readonly Bytes[], stages: readonly (readonly number[])[], budget: Bytes): Plan {
  const planned = spreadPins.plan(state(sizes, budget), schedule(stages));
  if (!planned.ok) throw new Error(`too small: ${planned.error.needed} of ${planned.error.budget}`);
  return planned.value;
}

/** 60 blocks of a wide matrix, a narrow one and three norms. */
const blocks = Array.from({ length: 60 }, (_, b) => [0, 1, 2, 3, 4].map((i) => 5 * b + i));
const blockSizes = blocks.flatMap(() => [6400, 3200, 2, 2, 2]);
const total = blockSizes.reduce((a, b) => a + b, 0);

test.each([0.9, 0.6, 0.3, 0.1])("R >= budget - window - one weight, at %f of the model", (share) => {
  const budget = Math.floor(total * share);
  const plan = planOf(blockSizes, blocks, budget);
  expect(plan.pinnedBytes + plan.windowBytes).toBeLessThanOrEqual(budget);
  expect(plan.pinnedBytes).toBeGreaterThanOrEqual(budget - plan.windowBytes - 6400);
  // The window is at most what it is for: two stages and a weight. Where little streams it is one of its weights.
  expect(plan.windowBytes).toBeLessThanOrEqual(2 * 9606 + 6400);
  if (share === 0.9) expect(plan.windowBytes).toBe(3200);
});

test("the pins of a smaller budget are among those of a larger one", () => {
  let last: ReadonlySet<number> = new Set();
  for (let budget = Math.ceil(total * 0.08); budget < total; budget += 5000) {
    const { pinned } = planOf(blockSizes, blocks, budget);
    for (const weight of last) expect(pinned.has(weight)).toBe(true);
    last = pinned;
  }
});

test("pins are spread: no run of the scan holds far more or less than its share", () => {
  for (const share of [0.2, 0.5, 0.8]) {
    const plan = planOf(blockSizes, blocks, total * share);
    let [seen, pinned, worst] = [0, 0, 0];
    blockSizes.forEach((bytes, weight) => {
      seen += bytes;
      if (plan.pinned.has(weight)) pinned += bytes;
      worst = Math.max(worst, Math.abs(pinned - (seen * plan.pinnedBytes) / total));
    });
    // About two blocks of sixty; a prefix of the scan would be off by share * (1 - share) of the model, 96,000 bytes and more.
    expect(worst).toBeLessThan(20_000);
  }
});

test("tiny weights are pinned first, then those that run most often", () => {
  const sizes = [2000, 2000, 2000, 2000, 1];
  const stages = [[0], [1, 3], [2, 3], [4]];
  expect(pinOrder(flatten(schedule(stages)), (w) => sizes[w]!).slice(0, 2)).toEqual([4, 3]);
});

test("what streams is level: no two neighbours stream more than all could", () => {
  for (const share of [0.3, 0.6, 0.9]) {
    const { pinned, modelBytes, pinnedBytes } = planOf(blockSizes, blocks, total * share);
    const streamed = blocks.map((weights) =>
      weights.reduce((sum, weight) => sum + (pinned.has(weight) ? 0 : blockSizes[weight]!), 0),
    );
    const pairs = streamed.map((bytes, i) => bytes + streamed[(i + 1) % 60]!);
    // Twice a stage's share of what streams, and one weight for sizes that do not divide.
    expect(Math.max(...pairs)).toBeLessThanOrEqual((2 * (modelBytes - pinnedBytes)) / 60 + 6400);
  }
});

test("of stages that differ in size and not in compute, the large ones are pinned more", () => {
  // Flux 2's shape: a few blocks of eight weights, many of two.
  const stages = [...Array.from({ length: 8 }, () => 8), ...Array.from({ length: 24 }, () => 2)];
  let next = 0;
  const uses = stages.map((count) => Array.from({ length: count }, () => next++));
  const sizes = uses.flatMap((weights) => weights.map(() => 100));
  const { pinned, windowBytes } = planOf(sizes, uses, 5000);
  const streamed = uses.map((weights) => weights.filter((weight) => !pinned.has(weight)).length);
  expect(Math.max(...streamed)).toBeLessThanOrEqual(3);
  expect(windowBytes).toBeLessThanOrEqual(500);
});

test("every weight that streams has a place in the window, apart from those of its stage", () => {
  fc.assert(
    fc.property(model, fc.nat(300), fc.integer({ min: 40, max: 100 }), ({ sizes, stages }, budget, maxChunkBytes) => {
      const planned = spreadPins.plan(state(sizes, budget, maxChunkBytes), schedule(stages));
      if (!planned.ok || planned.value.places === undefined) return;
      const { places, pinned, windowChunks } = planned.value;
      for (const weights of stages) {
        const own = weights.filter((weight) => !pinned.has(weight));
        for (const weight of own) {
          const { chunk, offset } = places.get(weight)!;
          expect(offset + sizes[weight]!).toBeLessThanOrEqual(windowChunks[chunk]!);
          for (const other of own) {
            const beside = places.get(other)!;
            if (other === weight || beside.chunk !== chunk) continue;
            expect(offset >= beside.offset + sizes[other]! || beside.offset >= offset + sizes[weight]!).toBe(true);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("a prologue that runs once is worth less than a loop", () => {
  const use = (stage: string, weight: number): Schedule => ({
    kind: "use",
    use: { stage, weights: [weight], activationBytes: 0, flops: 0 },
  });
  const once: Schedule = {
    kind: "sequence",
    items: [use("once", 0), { kind: "repeat", n: "unknown", body: use("loop", 1) }],
  };
  expect(pinOrder(flatten(once), () => 100)).toEqual([1, 0]);
});

/** Random uses over a few weights, some of them shared. */
const model = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }).chain((sizes) =>
  fc.record({
    sizes: fc.constant(sizes),
    stages: fc.array(fc.uniqueArray(fc.nat(sizes.length - 1), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    }),
  }),
);

test("the least that it says it needs is enough, and one byte less is not", () => {
  fc.assert(
    fc.property(model, fc.integer({ min: 20, max: 200 }), ({ sizes, stages }, maxChunkBytes) => {
      const refused = spreadPins.plan(state(sizes, 0, maxChunkBytes), schedule(stages));
      if (refused.ok) throw new Error("a plan in no bytes");
      const { needed, stage } = refused.error;
      expect(spreadPins.plan(state(sizes, needed, maxChunkBytes), schedule(stages)).ok).toBe(true);
      expect(spreadPins.plan(state(sizes, needed - 1, maxChunkBytes), schedule(stages)).ok).toBe(false);
      const bytes = (uses: Use["weights"]) => uses.reduce((sum, weight) => sum + sizes[weight]!, 0);
      if (maxChunkBytes === 200) expect(needed).toBe(Math.max(...stages.map(bytes)));
      expect(stages[Number(stage.slice(1))]).toBeDefined();
    }),
    { numRuns: 500 },
  );
});

test("pins and window fit every budget that is enough, and one more pin would not", () => {
  fc.assert(
    fc.property(model, fc.nat(300), fc.integer({ min: 40, max: 100 }), ({ sizes, stages }, budget, maxChunkBytes) => {
      const planned = spreadPins.plan(state(sizes, budget, maxChunkBytes), schedule(stages));
      if (!planned.ok) return;
      const { pinned, pinnedBytes, windowBytes, windowChunks, modelBytes } = planned.value;
      expect([...pinned].reduce((sum, weight) => sum + sizes[weight]!, 0)).toBe(pinnedBytes);
      expect(windowChunks.reduce((a, b) => a + b, 0)).toBe(windowBytes);
      for (const bytes of windowChunks) expect(bytes).toBeLessThanOrEqual(maxChunkBytes);
      expect(pinnedBytes + windowBytes).toBeLessThanOrEqual(budget);
      const used = new Set(stages.flat());
      if (pinned.size < used.size) {
        const largest = Math.max(...[...used].map((weight) => sizes[weight]!));
        expect(pinnedBytes).toBeGreaterThan(budget - windowBytes - largest);
      } else expect(pinnedBytes).toBe(modelBytes);
    }),
    { numRuns: 500 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bench, bench, expectOwnBytes, passes, registerStages, step } from "./testing/bench.ts";
import { manualFence } from "./testing/fakeMemory.ts";
import type { Use } from "./words.ts";

/** 50 blocks of five weights, the largest 0.95 % of the model, and a first and a last stage of their own. */
const stages = [[512], ...Array.from({ length: 50 }, (_, b) => [768, 512 - b, 384, 8, 8]), [640, 8]];
const model = stages.flat().reduce((a, b) => a + b, 0);
const largest = Math.max(...stages.flat());

const movedBytes = (b: Bench) => b.events.counters().movedBytes;

/** One pass as a device with a queue runs it: a stage's fence is reached when the next one has been submitted. */
async function queuedPass(b: Bench, uses: readonly Use[]): Promise<void> {
  let running: { reach(): void } | undefined;
  for (const use of uses) {
    const acquired = b.residency.acquire(use);
    const waiting = acquired instanceof Promise;
    // What it waits for may lie where the running stage reads.
    if (waiting) running?.reach();
    const lease = waiting ? await acquired : acquired;
    expectOwnBytes(lease);
    const fence = manualFence();
    b.residency.release(lease, fence);
    running?.reach();
    running = fence;
    await new Promise((done) => setImmediate(done));
  }
  running?.reach();
}

for (const share of [0.9, 0.6, 0.3, 0.1]) {
  test(`at ${share * 100} % of the model a steady pass moves M - R, and R is the budget less the window and one weight`, async () => {
    expect(largest).toBeLessThanOrEqual(model / 100);
    const budget = Math.floor(model * share);
    const b = bench({ weights: budget });
    const uses = registerStages(b.residency, "m", stages);
    await b.residency.announce(passes(uses, "unknown"), 0);
    const { pinnedBytes, windowBytes, modelBytes } = b.residency.stats();
    expect(modelBytes).toBe(model);
    expect(pinnedBytes).toBeGreaterThanOrEqual(budget - windowBytes - largest);
    for (const use of uses) await step(b, use);
    for (let pass = 0; pass < 3; pass++) {
      const before = movedBytes(b);
      for (const use of uses) await step(b, use);
      expect(movedBytes(b) - before).toBe(model - pinnedBytes);
    }
    for (let pass = 0; pass < 3; pass++) {
      const before = movedBytes(b);
      await queuedPass(b, uses);
      expect(movedBytes(b) - before).toBe(model - pinnedBytes);
    }
    expect(b.memory.peakBytes).toBeLessThanOrEqual(budget);
  });
}

for (const [vram, ram] of [
  [0.3, 0.3],
  [0.5, 0.4],
  [0.1, 0.6],
  [0.6, 0.02],
] as const) {
  test(`with ${vram * 100} % in vram and ${ram * 100} % in RAM a steady pass reads M - R_vram - R_ram from disk, and no tier holds what another does`, async () => {
    const limit = Math.floor(model * ram);
    const b = bench({ weights: Math.floor(model * vram), ram: limit + 2 * largest });
    const uses = registerStages(b.residency, "m", stages);
    await b.residency.announce(passes(uses, "unknown"), 0);
    for (const use of uses) await step(b, use);
    const { pinnedBytes } = b.residency.stats();
    for (let pass = 0; pass < 3; pass++) {
      const [before, reads] = [b.events.counters(), b.store.fills.length];
      for (const use of uses) await step(b, use);
      const after = b.events.counters();
      const fromRam = after.ramBytes - before.ramBytes;
      expect(fromRam).toBeGreaterThan(limit - largest);
      expect(after.movedBytes - before.movedBytes).toBe(model - pinnedBytes);
      expect(after.readBytes - before.readBytes).toBe(model - pinnedBytes - fromRam);
      // What else RAM holds are pins, small ones in a rest of room that nothing that streams fits into.
      expect(b.residency.stats().ramBytes - fromRam).toBeLessThan(largest);
      expect(b.store.fills.length).toBeGreaterThan(reads);
    }
    expect(b.host.peakBytes).toBeLessThanOrEqual(limit + 2 * largest);
  });
}

test("with room in RAM for what streams a pass reads nothing, and two models that alternate are read once each", async () => {
  const b = bench({ weights: Math.floor(model / 2), ram: 2 * model + 2 * largest });
  const models = ["a", "b"].map((name) => registerStages(b.residency, name, stages));
  for (let prompt = 0; prompt < 3; prompt++) {
    for (const uses of models) {
      const announced = await b.residency.announce(passes(uses, 2), 0);
      for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
      if (announced.ok) announced.value.end();
    }
  }
  expect(b.events.counters().readBytes).toBe(2 * model);
});

test("the first stage is ready when its own weights are, not when the model is", async () => {
  const b = bench({ weights: model, concurrency: 1 });
  const uses = registerStages(b.residency, "m", stages);
  await b.residency.announce(passes(uses, 2), 0);
  const lease = await b.residency.acquire(uses[0]!);
  expect(b.store.fills.length).toBeLessThan(4);
  b.residency.release(lease);
});

test("nothing is loaded past the end of the schedule: so many passes move so many times M - R", async () => {
  const b = bench({ weights: Math.floor(model / 2) });
  const uses = registerStages(b.residency, "m", stages);
  await b.residency.announce(passes(uses, 3), 0);
  const { pinnedBytes } = b.residency.stats();
  for (let pass = 0; pass < 3; pass++) for (const use of uses) await step(b, use);
  expect(movedBytes(b)).toBe(model + 2 * (model - pinnedBytes));
});

test("a little less budget moves about as little as it is less", async () => {
  const b = bench({ weights: Math.floor(model * 0.5) });
  const uses = registerStages(b.residency, "m", stages);
  await b.residency.announce(passes(uses, 1), 0);
  for (const use of uses) await step(b, use);
  const before = movedBytes(b);
  // What has to be loaded again are the pins of at most a few chunks, of which there are 32 to a budget.
  await b.residency.announce(passes(uses, 1), 0);
  await b.residency.setBudget({ vram: 2 ** 40, weights: Math.floor(model * 0.49) });
  for (const use of uses) await step(b, use);
  const { pinnedBytes } = b.residency.stats();
  expect(movedBytes(b) - before).toBeLessThanOrEqual(model - pinnedBytes + model * 0.06);
});

/** Stages with weights of their own, none shared: then the bound is exact whatever their sizes, in chunks of any size. */
const random = fc.record({
  stages: fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 12,
  }),
  share: fc.double({ min: 0.02, max: 1.1, noNaN: true }),
  ramShare: fc.double({ min: 0, max: 1.1, noNaN: true }),
  alignment: fc.constantFrom(1, 16),
  chunk: fc.integer({ min: 64, max: 400 }),
});

test("any model at any budget that is enough: M - R a pass, within the budget", async () => {
  await fc.assert(
    fc.asyncProperty(random, async ({ stages, share, ramShare, alignment, chunk }) => {
      const sizes = stages.map((list) => list.map((bytes) => Math.ceil(bytes / alignment) * alignment));
      const bytes = sizes.flat().reduce((a, b) => a + b, 0);
      const most = Math.max(...sizes.flat());
      const b = bench({
        weights: Math.ceil(bytes * share),
        ram: Math.ceil(bytes * ramShare) + 2 * most,
        alignment,
        maxChunkBytes: chunk,
      });
      const uses = registerStages(b.residency, "m", sizes);
      const announced = await b.residency.announce(passes(uses, "unknown"), 0);
      if (!announced.ok) return;
      const { pinnedBytes } = b.residency.stats();
      for (const use of uses) await step(b, use);
      for (let pass = 0; pass < 2; pass++) {
        const before = movedBytes(b);
        const { readBytes } = b.events.counters();
        for (const use of uses) await step(b, use);
        const { ramBytes } = b.residency.stats();
        expect(b.events.counters().readBytes - readBytes).toBeLessThanOrEqual(
          Math.max(0, bytes - pinnedBytes - Math.max(0, bytes * ramShare - most)),
        );
        expect(ramBytes).toBeLessThanOrEqual(Math.ceil(bytes * ramShare));
        // A model of one or two stages keeps what streams in the window across the boundary.
        expect(movedBytes(b) - before).toBeLessThanOrEqual(bytes - pinnedBytes);
      }
      expect(b.memory.peakBytes).toBeLessThanOrEqual(Math.ceil(bytes * share));
    }),
    { numRuns: 500 },
  );
});

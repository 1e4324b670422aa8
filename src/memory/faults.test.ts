import { expect, test } from "vitest";
import { MemoryError } from "./errors.ts";
import { bench, expectOwnBytes, passes, registerStages, step } from "./testing/bench.ts";
import { eachFault, type Fault, hits } from "./testing/eachFault.ts";
import { FakeReadError } from "./testing/fakeStore.ts";
import type { Use } from "./words.ts";

const stages = [[30, 5], [40], [25, 25], [60], [10, 20, 30], [45]];
const model = stages.flat().reduce((a, b) => a + b, 0);
/** What two loads in flight take at most. */
const staging = 2 * Math.max(...stages.flat());

/** Two passes over one model, then one over another, then the first again, with one fault. `ahead`: each is read ahead while the other runs. */
async function twoModels(fault: Fault, weights: number, ram: number, ahead: boolean) {
  const b = bench({
    weights,
    ram,
    fails: (what, nth) => hits(fault, what, nth),
    readFails: (nth) => hits(fault, "read", nth),
    hostFails: (nth) => hits(fault, "host", nth),
  });
  const first = registerStages(b.residency, "a", stages);
  const second = registerStages(b.residency, "b", stages);
  const errors: unknown[] = [];
  let done = 0;
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MemoryError || error instanceof FakeReadError)) throw error;
      errors.push(error);
      return undefined;
    } finally {
      b.residency.checkInvariants();
    }
  };
  const run = async (uses: readonly Use[], n: number, next: string) => {
    const announced = await attempt(() => b.residency.announce(passes(uses, n), 0));
    if (announced === undefined) return;
    expect(announced.ok).toBe(true);
    if (ahead) await b.residency.readAhead([next]);
    for (let pass = 0; pass < n; pass++) {
      for (const use of uses) {
        // What failed is asked for once more, as a runner would that gives a stage a second chance.
        const lease =
          (await attempt(async () => b.residency.acquire(use))) ??
          (await attempt(async () => b.residency.acquire(use)));
        if (lease === undefined) continue;
        expectOwnBytes(lease);
        b.residency.release(lease);
        b.residency.checkInvariants();
        done++;
      }
    }
    if (announced.ok) announced.value.end();
  };
  await run(first, 2, "b");
  await run(second, 1, "a");
  await run(first, 1, "b");
  // What nobody waits for ends as well, one way or another.
  await b.residency.readAhead([]);
  await new Promise<void>((done) => setImmediate(done));
  b.residency.checkInvariants();
  const calls = { ...b.memory.calls, ...b.host.calls, read: b.store.fills.length };
  return { ...b, errors, done, calls: calls[fault.what], steps: 4 * stages.length };
}

test.each([
  { name: "all fits", weights: 2 * model, ram: 0 },
  { name: "one fits", weights: model, ram: 0 },
  { name: "half", weights: Math.floor(model / 2), ram: 0 },
  { name: "the least there is", weights: 60, ram: 0 },
  { name: "one fits, RAM holds both", weights: model, ram: 3 * model },
  { name: "half, RAM holds a third", weights: Math.floor(model / 2), ram: Math.floor(model / 3) + staging },
  { name: "all fits, read ahead", weights: 2 * model, ram: 0, ahead: true },
  { name: "one and a half fit, read ahead", weights: Math.floor(1.5 * model), ram: 0, ahead: true },
  { name: "one fits, RAM holds both, read ahead", weights: model, ram: 3 * model, ahead: true },
  {
    name: "half, RAM holds a third, read ahead",
    weights: Math.floor(model / 2),
    ram: model / 2 + staging,
    ahead: true,
  },
])("a fault at every call, once and for good: $name", async ({ weights, ram, ahead = false }) => {
  await eachFault(async (fault) => {
    const run = await twoModels(fault, weights, ram, ahead);
    const { done, errors, calls, steps, events, memory, ledger, residency, host } = run;
    const met = calls >= fault.nth;
    expect(events.counters().faults > 0).toBe(met);
    if (!fault.forGood) {
      // One failure is never the end: a refused chunk means a smaller plan, an upload is tried again, a read is asked for again, and a
      // weight without a copy in RAM goes by staging.
      expect(done).toBe(steps);
      if (fault.what === "allocate" || fault.what === "upload") expect(errors).toEqual([]);
      // Only staging that is refused can end an acquire; where RAM holds all there is none.
      if (fault.what === "host" && ram >= 3 * model) expect(errors).toEqual([]);
    } else if (met && fault.nth === 1) expect([done, errors.length > 0]).toEqual([0, true]);
    expect(memory.peakBytes).toBeLessThanOrEqual(weights);
    // The books are right to the end: all of it can be given back.
    await residency.trim();
    run.ram.trim();
    expect([memory.liveBytes, ledger.used]).toEqual([0, 0]);
    expect([run.ram.used, host.liveBytes]).toEqual([0, run.ram.ledger.usedBy("staging")]);
    expect(host.peakBytes).toBeLessThanOrEqual(Math.max(ram, staging));
    return calls;
  });
});

test("a device that holds less than the budget says ends in a smaller plan that streams", async () => {
  const b = bench({ weights: model, capacity: Math.floor(model * 0.6) });
  const uses = registerStages(b.residency, "m", stages);
  expect((await b.residency.announce(passes(uses, 2), 0)).ok).toBe(true);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
  const { pinnedBytes, windowBytes } = b.residency.stats();
  expect(windowBytes).toBeGreaterThan(0);
  expect(pinnedBytes + windowBytes).toBeGreaterThan(model * 0.4);
  expect(b.events.counters().faults).toBeGreaterThan(0);
});

test("the messages carry the numbers and what to do", async () => {
  const none = bench({ weights: model, capacity: 20 });
  const uses = registerStages(none.residency, "m", stages);
  const refused = await none.residency.announce(passes(uses, 1), 0).catch((error: unknown) => error);
  expect((refused as Error).message).toMatchInlineSnapshot(
    `"fake refused memory: stage m.4 needs 60 bytes of weights, 0 are held and the budget allows 290; other programs may hold the rest: close them, or lower --vram"`,
  );

  const upload = bench({ fails: (what) => what === "upload" });
  const [use] = registerStages(upload.residency, "m", [[30]]);
  const failed = await Promise.resolve(upload.residency.acquire(use!)).catch((error: unknown) => error);
  expect((failed as Error).message).toMatchInlineSnapshot(
    `"fake failed twice to take 30 bytes of m.0.0: upload 2 failed; run again, with a smaller --vram if it fails again"`,
  );

  const small = bench({ weights: 25 });
  const [large] = registerStages(small.residency, "m", [[30]]);
  const tooSmall = await Promise.resolve(small.residency.acquire(large!)).catch((error: unknown) => error);
  expect((tooSmall as Error).message).toMatchInlineSnapshot(
    `"stage m.0 needs 30 bytes of weights at once, and 25 are allowed; raise --vram or --vram-weights"`,
  );

  const narrow = bench({ maxChunkBytes: 20 });
  expect(() => registerStages(narrow.residency, "m", [[30]])).toThrowErrorMatchingInlineSnapshot(
    `[WeightTooLarge: weight m.0.0 has 30 bytes, and fake makes no buffer larger than 20; use another device or a smaller encoding of the model]`,
  );
});

import { expect, test } from "vitest";
import { staticPlacement } from "./staticPlacement.ts";
import { bench, brief, expectOwnBytes, passes, registerStages, step } from "./testing/bench.ts";
import { manualFence } from "./testing/fakeMemory.ts";

const oneEach = (stages: number, bytes = 100) => Array.from({ length: stages }, () => [bytes]);

test("all fits: every weight moves once, in the order of the schedule", async () => {
  const b = bench({ weights: 300 });
  const uses = registerStages(b.residency, "m", oneEach(3));
  expect((await b.residency.announce(passes(uses, 2), 0)).ok).toBe(true);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
  expect(brief(b.events.recent())).toEqual(["0 +0 pin", "0 +1 pin", "0 +2 pin"]);
  expect(b.events.counters()).toMatchObject({ moves: 3, movedBytes: 300, drops: 0, acquires: 6 });
});

test("streams: pins spread, the rest through a window as large as pays", async () => {
  const b = bench({ weights: 400 });
  const uses = registerStages(b.residency, "m", oneEach(6));
  expect((await b.residency.announce(passes(uses, 2), 0)).ok).toBe(true);
  expect(b.residency.stats()).toMatchObject({ pinnedBytes: 300, windowBytes: 100, modelBytes: 600, chunkBytes: 400 });
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
  expect(brief(b.events.recent())).toMatchInlineSnapshot(`
    [
      "0 +0 pin",
      "0 +1 stream",
      "0 +2 pin",
      "3 -1 used",
      "3 +3 stream",
      "3 +4 pin",
      "5 -3 used",
      "5 +5 stream",
      "7 -5 used",
      "7 +1 stream",
      "9 -1 used",
      "9 +3 stream",
      "11 -3 used",
      "11 +5 stream",
    ]
  `);
});

test("the smallest budget: what does not fit beside the stage before loads at its own start", async () => {
  const b = bench({ weights: 100 });
  const uses = registerStages(b.residency, "m", [[100], [60, 40], [100]]);
  expect((await b.residency.announce(passes(uses, 2), 0)).ok).toBe(true);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
  expect(brief(b.events.recent())).toMatchInlineSnapshot(`
    [
      "0 +0 stream",
      "2 -0 used",
      "2 +1 stream",
      "2 +2 stream",
      "3 -2 used",
      "3 -1 used",
      "3 +3 stream",
      "4 -3 used",
      "4 +0 stream",
      "5 -0 used",
      "5 +1 stream",
      "5 +2 stream",
      "6 -2 used",
      "6 -1 used",
      "6 +3 stream",
    ]
  `);
  expect(b.memory.peakBytes).toBe(100);
});

test("one byte less is refused, with the stage and both numbers", async () => {
  const weights = bench({ weights: 99 });
  const uses = registerStages(weights.residency, "m", [[10], [60, 40]]);
  expect(await weights.residency.announce(passes(uses, 2), 7)).toEqual({
    ok: false,
    error: {
      stage: "m.1",
      weightBytes: 100,
      reservedBytes: 7,
      budget: { vram: 2 ** 40, weights: 99 },
      limit: "weights",
      needed: 100,
    },
  });
  const vram = bench({ vram: 106 });
  expect(
    await vram.residency.announce(passes(registerStages(vram.residency, "m", [[10], [60, 40]]), 2), 7),
  ).toMatchObject({
    error: { limit: "vram", weightBytes: 100, reservedBytes: 7, needed: 107 },
  });
});

test("what the run needs beside weights is there when announce resolves", async () => {
  const b = bench({ vram: 1000 });
  const first = registerStages(b.residency, "a", oneEach(6));
  const second = registerStages(b.residency, "b", oneEach(4));
  const announced = await b.residency.announce(passes(first, 1), 0);
  for (const use of first) await step(b, use);
  if (announced.ok) announced.value.end();
  expect(b.ledger.charge("activations", 100)).toBeNull();
  expect((await b.residency.announce(passes(second, 1), 400)).ok).toBe(true);
  expect(b.ledger.charge("carried", 400)).toBeNull();
  for (const use of second) await step(b, use);
  expect(b.ledger.peak).toBeLessThanOrEqual(1000);
});

test("other models stay while there is room, and leave least recently used first", async () => {
  const b = bench({ weights: 1000 });
  const models = ["a", "b", "c"].map((name) => registerStages(b.residency, name, oneEach(4)));
  for (const uses of models) {
    const announced = await b.residency.announce(passes(uses, 2), 0);
    for (const use of uses) await step(b, use);
    if (announced.ok) announced.value.end();
  }
  expect(brief(b.events.recent()).filter((line) => line.includes("-"))).toEqual(["8 -0 room", "8 -1 room"]);
  // What stayed is not read again.
  await b.residency.announce(passes(models[1]!, 2), 0);
  for (const use of models[1]!) await step(b, use);
  expect(b.events.counters().moves).toBe(12);
});

test("a place is written only when its last reader is done", async () => {
  const b = bench({ weights: 100 });
  const [first, second] = registerStages(b.residency, "m", oneEach(2)) as [never, never];
  await b.residency.announce(passes([first, second], 1), 0);
  const lease = await b.residency.acquire(first);
  const fence = manualFence();
  b.residency.release(lease, fence);
  let arrived = false;
  const next = Promise.resolve(b.residency.acquire(second)).then((got) => {
    arrived = true;
    return got;
  });
  await new Promise((done) => setTimeout(done, 5));
  expect([arrived, b.store.fills]).toEqual([false, [0]]);
  fence.reach();
  b.residency.release(await next);
  expect(b.store.fills).toEqual([0, 1]);
});

test("leases that hold all the room make an acquire an error, not a wait", async () => {
  const b = bench({ weights: 250 });
  const uses = registerStages(b.residency, "m", oneEach(6));
  await b.residency.announce(passes(uses, 1), 0);
  const held = [await b.residency.acquire(uses[0]!), await b.residency.acquire(uses[1]!)];
  await expect(b.residency.acquire(uses[2]!)).rejects.toMatchObject({ code: "room-is-leased" });
  b.residency.checkInvariants();
  for (const lease of held) b.residency.release(lease);
  await step(b, uses[2]!);
});

test("a lease released twice is a mistake of the caller", async () => {
  const b = bench({});
  const [use] = registerStages(b.residency, "m", oneEach(1));
  const lease = await b.residency.acquire(use!);
  b.residency.release(lease);
  expect(() => b.residency.release(lease)).toThrow("invariant: a lease is released that is not out");
});

test("a smaller budget takes effect at the next boundary, a larger one too", async () => {
  const b = bench({ weights: 1000 });
  const uses = registerStages(b.residency, "m", oneEach(10));
  await b.residency.announce(passes(uses, 4), 0);
  for (const use of uses) await step(b, use);
  await b.residency.setBudget({ vram: 2 ** 40, weights: 500 });
  expect(b.residency.stats().chunkBytes).toBe(1000);
  for (const use of uses) await step(b, use);
  expect(b.residency.stats()).toMatchObject({ chunkBytes: 500, pinnedBytes: 300, windowBytes: 200 });
  await b.residency.setBudget({ vram: 2 ** 40, weights: 1000 });
  for (const use of uses) await step(b, use);
  expect(b.residency.stats()).toMatchObject({ chunkBytes: 1000, pinnedBytes: 1000, windowBytes: 0 });
  for (const use of uses) await step(b, use);
});

test("close forgets a model's weights and gives its chunks back", async () => {
  const b = bench({});
  const uses = registerStages(b.residency, "m", oneEach(3));
  await b.residency.announce(passes(uses, 1), 0);
  const lease = await b.residency.acquire(uses[0]!);
  const closed = b.residency.close("m");
  b.residency.release(lease);
  await closed;
  expect([b.memory.liveBytes, b.ledger.used]).toEqual([0, 0]);
  await expect(b.residency.acquire(uses[0]!)).rejects.toMatchObject({ code: "unknown-weight" });
  b.residency.checkInvariants();
});

test("trim gives back what is asked for, or all", async () => {
  const b = bench({});
  const uses = registerStages(b.residency, "m", oneEach(4));
  for (const use of uses) await step(b, use);
  expect(await b.residency.trim(150)).toBe(200);
  expect(brief(b.events.recent()).slice(-2)).toEqual(["4 -0 trim", "4 -1 trim"]);
  expect(await b.residency.trim()).toBe(200);
  expect(b.memory.liveBytes).toBe(0);
});

test("static: all before the first step, or refused with the numbers", async () => {
  const fits = bench({ weights: 300, policy: staticPlacement });
  expect((await fits.residency.announce(passes(registerStages(fits.residency, "m", oneEach(3)), 1), 0)).ok).toBe(true);
  expect(fits.residency.stats().residentBytes).toBe(300);
  const not = bench({ weights: 300, policy: staticPlacement });
  expect(await not.residency.announce(passes(registerStages(not.residency, "m", oneEach(4)), 1), 0)).toMatchObject({
    ok: false,
    error: { weightBytes: 400, limit: "weights", needed: 400 },
  });
});

test("three tiers: what streams and RAM has room for is read once, and comes from RAM from then on", async () => {
  const b = bench({ weights: 400, ram: 500 });
  const uses = registerStages(b.residency, "m", oneEach(6));
  expect((await b.residency.announce(passes(uses, 2), 0)).ok).toBe(true);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
  expect(brief(b.events.recent())).toMatchInlineSnapshot(`
    [
      "0 ram+0 pin",
      "0 ram>0 pin",
      "0 ram+1 stream",
      "0 ram>1 stream",
      "0 ram+2 pin",
      "0 ram>2 pin",
      "3 -1 used",
      "3 ram-0 room",
      "3 ram+3 stream",
      "3 ram>3 stream",
      "3 +4 pin",
      "5 -3 used",
      "5 ram-2 room",
      "5 ram+5 stream",
      "5 ram>5 stream",
      "7 -5 used",
      "7 ram>1 stream",
      "9 -1 used",
      "9 ram>3 stream",
      "11 -3 used",
      "11 ram>5 stream",
    ]
  `);
  expect(b.events.counters()).toMatchObject({ movedBytes: 900, readBytes: 600, ramBytes: 300 });
});

test("a copy whose read no lease waits for any more is finished, and what nobody needs is not begun", async () => {
  let go = () => {};
  const gate = new Promise<void>((open) => {
    go = open;
  });
  const b = bench({ weights: 300, ram: 1000, concurrency: 1, pause: () => gate });
  const uses = registerStages(b.residency, "m", oneEach(3));
  const announced = await b.residency.announce(passes(uses, 1), 0);
  if (announced.ok) announced.value.end();
  b.residency.checkInvariants();
  go();
  await new Promise((done) => setTimeout(done, 5));
  expect(b.store.fills).toEqual([0]);
  expect(b.residency.stats()).toMatchObject({ ramBytes: 100, inRam: [0] });
  for (const use of uses) await step(b, use);
  expect(b.store.fills).toEqual([0, 1, 2]);
});

test("staging comes off RAM's budget, and is there without any", async () => {
  const none = bench({ weights: 200, ram: 0 });
  const uses = registerStages(none.residency, "m", oneEach(3));
  await none.residency.announce(passes(uses, 2), 0);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(none, use);
  expect(none.ram.ledger.usedBy("staging")).toBeGreaterThan(0);
  expect(none.host.peakBytes).toBeLessThanOrEqual(200);
  const some = bench({ ram: 350 });
  registerStages(some.residency, "m", oneEach(3));
  expect(some.ram.limit).toBe(150);
});

test("RAM gives back what is asked for, and what its budget loses, the least needed first", async () => {
  const b = bench({ weights: 200, ram: 700 });
  const uses = registerStages(b.residency, "m", oneEach(5));
  await b.residency.announce(passes(uses, "unknown"), 0);
  for (const use of uses) await step(b, use);
  expect(b.ram.used).toBe(500);
  b.ram.setBudget(500);
  expect(b.ram.used).toBe(300);
  expect(b.ram.trim(120)).toBe(200);
  b.residency.checkInvariants();
  expect(b.host.liveBytes).toBe(b.ram.ledger.used);
  for (const use of uses) await step(b, use);
  expect(b.ram.used).toBe(300);
});

test("while copies that left for a smaller budget are still being read, there is staging", async () => {
  let wait: Promise<void> | undefined;
  let go = () => {};
  const b = bench({ ram: 400, pause: () => wait ?? Promise.resolve() });
  const uses = registerStages(b.residency, "m", oneEach(3));
  await step(b, uses[0]!);
  wait = new Promise((open) => {
    go = open;
  });
  const turn = () => new Promise((done) => setImmediate(done));
  const second = b.residency.acquire(uses[1]!);
  await turn();
  b.ram.setBudget(0);
  expect(b.residency.stats()).toMatchObject({ ramBytes: 0, inRam: [] });
  expect(b.host.liveBytes).toBe(100);
  const third = b.residency.acquire(uses[2]!);
  await turn();
  expect(b.ram.ledger.used).toBe(200);
  go();
  for (const lease of [await second, await third]) {
    expectOwnBytes(lease);
    b.residency.release(lease);
  }
  expect(b.ram.ledger.usedBy("weights")).toBe(0);
  expect(b.events.recent().filter(({ kind }) => kind === "budget")).toMatchObject([{ ram: 0 }]);
});

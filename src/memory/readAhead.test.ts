import { expect, test } from "vitest";
import { type Bench, type BenchOptions, bench, brief, passes, registerStages, step } from "./testing/bench.ts";
import { manualFence } from "./testing/fakeMemory.ts";
import type { Use } from "./words.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));
const stages = Array.from({ length: 4 }, () => [10, 10]);
const MODEL = 80;

/** Two models of 80 bytes: `a` runs (one pass, announced), `b` comes next. */
async function two(options: BenchOptions) {
  const b = bench(options);
  const [first, second] = ["a", "b"].map((name) => registerStages(b.residency, name, stages)) as [Use[], Use[]];
  const announced = await b.residency.announce(passes(first, "unknown"), 0);
  if (!announced.ok) throw new Error("does not fit");
  for (const use of first) await step(b, use);
  return { ...b, first, second, end: () => announced.value.end() };
}

async function run(b: Bench, uses: readonly Use[], n = 1) {
  const announced = await b.residency.announce(passes(uses, n), 0);
  for (let pass = 0; pass < n; pass++) for (const use of uses) await step(b, use);
  if (announced.ok) announced.value.end();
}

const reads = ({ events }: Bench) => events.counters().readBytes;

test("the next model is read into free room while this one runs, and its own run then waits for nothing", async () => {
  const b = await two({ weights: 2 * MODEL });
  await b.residency.readAhead(["b"]);
  await settle();
  b.residency.checkInvariants();
  expect(b.events.counters().movedBytesByReason).toMatchObject({ ahead: MODEL });
  b.end();
  const { acquires, hits } = b.events.counters();
  await run(b, b.second);
  expect(reads(b)).toBe(2 * MODEL);
  const after = b.events.counters();
  expect(after.acquires - acquires).toBe(after.hits - hits);
});

test("it displaces nothing: what does not fit into VRAM goes into RAM, what does not fit there is not read", async () => {
  const b = await two({ weights: MODEL + 5, ram: MODEL + 40 + 20 });
  const before = brief(b.events.recent()).filter((line) => line.includes("-"));
  await b.residency.readAhead(["b"]);
  await settle();
  expect(brief(b.events.recent()).filter((line) => line.includes("-"))).toEqual(before);
  // No weight has room in 5 bytes of VRAM: 40 bytes go into RAM.
  expect([b.memory.liveBytes, b.ram.used]).toEqual([MODEL, MODEL + 40]);
  expect(b.events.counters().movedBytesByReason.ahead ?? 0).toBe(0);
  b.end();
  await run(b, b.second);
  expect(reads(b)).toBe(2 * MODEL);
});

test("of a model that has never run, what its plan will probably keep is read into room that is not enough for all, and used when it does run", async () => {
  const b = await two({ weights: MODEL + 60 });
  await b.residency.readAhead(["b"]);
  await settle();
  b.residency.checkInvariants();
  const ahead = b.events.counters().movedBytesByReason.ahead ?? 0;
  expect(ahead).toBeGreaterThan(0);
  expect(ahead).toBeLessThan(MODEL);
  expect(brief(b.events.recent()).some((line) => line.includes("-"))).toBe(false);
  b.end();
  await run(b, b.second, 3);
  // Nothing that was read ahead was read in vain.
  expect(reads(b)).toBe(2 * MODEL);
});

test("of a model that has run before, what its plan keeps is read into room that is not enough for all", async () => {
  const b = await two({ weights: MODEL + 60 });
  b.end();
  await run(b, b.second);
  await run(b, b.first);
  await b.residency.trim();
  const announced = await b.residency.announce(passes(b.first, "unknown"), 0);
  for (const use of b.first) await step(b, use);
  const before = reads(b);
  await b.residency.readAhead(["b"]);
  await settle();
  const ahead = reads(b) - before;
  expect(ahead).toBeGreaterThan(0);
  expect(b.memory.liveBytes).toBeLessThanOrEqual(MODEL + 60);
  if (announced.ok) announced.value.end();
  await run(b, b.second);
  expect(reads(b) - before).toBe(MODEL);
});

test("a run that needs the room takes it, reads of others first go ahead, and what had not begun is not read", async () => {
  const gate = manualFence();
  let gated = false;
  const b = await two({ weights: 2 * MODEL, concurrency: 1, pause: () => (gated ? gate.reached : Promise.resolve()) });
  const [third] = [registerStages(b.residency, "c", stages)];
  gated = true;
  await b.residency.readAhead(["b"]);
  await settle();
  const begun = b.store.fills.length;
  b.end();
  const running = run(b, third!);
  await settle();
  gate.reach();
  await running;
  // One read of the first model's successor was under way; `c` had every read after it to itself.
  const order = b.store.fills.slice(begun);
  expect(order.slice(0, 8).every((weight) => weight >= 16)).toBe(true);
  while (b.residency.stats().resident.length < 16) await settle();
  b.residency.checkInvariants();
});

test("the end of the run that it was read under leaves it on its way", async () => {
  const gate = manualFence();
  let gated = false;
  const b = await two({ weights: 2 * MODEL, concurrency: 1, pause: () => (gated ? gate.reached : Promise.resolve()) });
  gated = true;
  await b.residency.readAhead(["b"]);
  b.end();
  gate.reach();
  for (let i = 0; i < 100; i++) await settle();
  expect(b.residency.stats().residentBytes).toBe(2 * MODEL);
  expect(b.events.counters().movedBytesByReason.ahead).toBe(MODEL);
});

test("called off: what has begun is finished, the rest is undone and its room given back", async () => {
  const gate = manualFence();
  let gated = false;
  const b = await two({ weights: 2 * MODEL, concurrency: 1, pause: () => (gated ? gate.reached : Promise.resolve()) });
  gated = true;
  await b.residency.readAhead(["b"]);
  await settle();
  await b.residency.readAhead([]);
  gate.reach();
  await settle();
  await settle();
  b.residency.checkInvariants();
  expect(b.events.counters().movedBytesByReason.ahead).toBe(10);
  expect(b.memory.liveBytes).toBe(MODEL + 10);
});

test("a run of the model itself that needs but a part of it leaves the rest on its way, however little was read by then", async () => {
  const logs: string[][] = [];
  for (const early of [false, true]) {
    const gate = manualFence();
    let gated = false;
    const b = await two({
      weights: 2 * MODEL,
      concurrency: 1,
      pause: () => (gated ? gate.reached : Promise.resolve()),
    });
    gated = true;
    await b.residency.readAhead(["b"]);
    if (early) gate.reach();
    for (let i = 0; i < 20; i++) await settle();
    b.end();
    const announced = await b.residency.announce(passes(b.second.slice(0, 1), 1), 0);
    await b.residency.readAhead([]);
    gate.reach();
    await step(b, b.second[0]!);
    if (announced.ok) announced.value.end();
    for (let i = 0; i < 100; i++) await settle();
    b.residency.checkInvariants();
    expect(b.residency.stats().residentBytes).toBe(2 * MODEL);
    logs.push(brief(b.events.recent().filter(({ kind }) => kind !== "acquire")));
  }
  expect(logs[1]).toEqual(logs[0]);
});

test("a read ahead that fails, or room that the device refuses, is in the log and nobody's error", async () => {
  let failing = false;
  const b = await two({
    weights: 2 * MODEL,
    readFails: () => failing,
    fails: (what) => failing && what === "allocate" && b.memory.liveBytes > MODEL + 40,
  });
  failing = true;
  await b.residency.readAhead(["b"]);
  await settle();
  failing = false;
  b.end();
  await run(b, b.second);
  expect(b.events.counters().faults).toBeGreaterThan(0);
  b.residency.checkInvariants();
});

test("a model that is closed is read ahead no more; an unknown one is nothing to read", async () => {
  const b = await two({ weights: 2 * MODEL, ram: 2 * MODEL + 20 });
  await b.residency.readAhead(["b", "nobody"]);
  await b.residency.close("b");
  b.end();
  await run(b, b.first);
  expect(b.residency.stats().resident.every((weight) => weight < 8)).toBe(true);
  b.residency.checkInvariants();
});

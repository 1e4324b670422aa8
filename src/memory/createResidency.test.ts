import { expect, test } from "vitest";
import { createEventLog } from "./createEventLog.ts";
import { createLedger } from "./createLedger.ts";
import { createResidency } from "./createResidency.ts";
import type { MemoryEvent } from "./eventLog.ts";
import type { Lease } from "./residency.ts";
import { spreadPins } from "./spreadPins.ts";
import { staticPlacement } from "./staticPlacement.ts";
import { fakeMemory } from "./testing/fakeMemory.ts";
import { fakeByte, fakeStore } from "./testing/fakeStore.ts";
import type { Schedule, Use } from "./words.ts";

/** `stages` stages of one weight of `bytes` each, and a residency with that budget. */
function setUp({ stages = 6, bytes = 100, weights = 300, vram = 10_000, policy = spreadPins }) {
  const memory = fakeMemory();
  const events = createEventLog(10_000);
  const ledger = createLedger(vram);
  const budget = { vram, weights };
  const residency = createResidency({ memory, store: fakeStore(), ledger, policy, budget, events });
  const specs = Array.from({ length: stages }, (_, i) => ({ name: `w${i}`, bytes, fileBytes: bytes }));
  const ids = residency.register("m", specs);
  const uses = ids.map((id): Use => ({ stage: `s${id}`, weights: [id], activationBytes: 0, flops: 0 }));
  const items = uses.map((use): Schedule => ({ kind: "use", use }));
  const schedule = (n: number | "unknown"): Schedule => ({ kind: "repeat", n, body: { kind: "sequence", items } });
  const step = async (use: Use) => {
    const lease = await residency.acquire(use);
    expectBytes(lease);
    residency.checkInvariants();
    residency.release(lease);
    residency.checkInvariants();
  };
  const log = () => events.recent().flatMap(brief);
  return { memory, events, ledger, residency, ids, uses, schedule, step, log };
}

function expectBytes(lease: Lease): void {
  for (const weight of lease.use.weights) {
    const { chunk, offset, bytes } = lease.place(weight);
    const data = chunk.handle as Uint8Array;
    for (let i = 0; i < bytes; i++)
      if (data[offset + i] !== fakeByte(weight, i)) throw new Error(`byte ${i} of ${weight}`);
  }
}

const brief = (event: MemoryEvent): string[] =>
  event.kind === "move"
    ? [`${event.at} +${event.weight} ${event.reason}`]
    : event.kind === "drop"
      ? [`${event.at} -${event.weight} ${event.reason}`]
      : [];

test("all fits: every weight moves once, in the order of the schedule", async () => {
  const { residency, schedule, uses, step, log, events } = setUp({ stages: 3 });
  const announced = await residency.announce(schedule(2), 0);
  expect(announced.ok).toBe(true);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(use);
  expect(log()).toEqual(["0 +0 pin", "0 +1 pin", "0 +2 pin"]);
  expect(events.counters()).toMatchObject({ moves: 3, movedBytes: 300, drops: 0, acquires: 6 });
});

test("streams: pins spread, the rest through a window of two stages", async () => {
  const { residency, schedule, uses, step, log } = setUp({ stages: 6, weights: 400 });
  expect((await residency.announce(schedule(2), 0)).ok).toBe(true);
  expect(residency.stats()).toMatchObject({ pinnedBytes: 100, windowBytes: 300, modelBytes: 600, chunkBytes: 400 });
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(use);
  expect(log()).toMatchInlineSnapshot(`
    [
      "0 +0 stream",
      "0 +1 stream",
      "0 +2 stream",
      "0 +3 pin",
      "2 -0 used",
      "2 +4 stream",
      "3 -1 used",
      "3 +5 stream",
      "4 -2 used",
      "4 +0 stream",
      "6 -4 used",
      "6 +1 stream",
      "7 -5 used",
      "7 +2 stream",
      "8 -0 used",
      "8 +4 stream",
      "9 -1 used",
      "9 +5 stream",
      "10 -2 used",
      "12 -4 used",
    ]
  `);
});

test("static: all before the first step, or refused with the numbers", async () => {
  const fits = setUp({ stages: 3, policy: staticPlacement });
  expect((await fits.residency.announce(fits.schedule(1), 0)).ok).toBe(true);
  expect(fits.residency.stats().residentBytes).toBe(300);
  const not = setUp({ stages: 4, policy: staticPlacement });
  expect(await not.residency.announce(not.schedule(1), 0)).toMatchObject({
    ok: false,
    error: { weightBytes: 400, limit: "weights", needed: 400 },
  });
});

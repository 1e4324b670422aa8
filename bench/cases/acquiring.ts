import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { createEventLog } from "../../src/memory/createEventLog.ts";
import { createLedger } from "../../src/memory/createLedger.ts";
import { createResidency } from "../../src/memory/createResidency.ts";
import { spreadPins } from "../../src/memory/spreadPins.ts";
import { fakeMemory } from "../../src/memory/testing/fakeMemory.ts";
import type { Use } from "../../src/memory/words.ts";
import type { Bench } from "../bench.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";

const WEIGHTS = 10_000;
/** About what a block of a diffusion transformer has. */
const PER_USE = 10;
const ACQUIRES = 1_000_000;
const BATCH = 20_000;

/** The fast path: everything resident, under an announced schedule. */
export const acquiring: Bench = async () => {
  const memory = fakeMemory({ unified: true });
  const residency = createResidency({
    memory,
    store: { fill: async () => {} },
    ledger: createLedger(1e12),
    events: createEventLog(4096),
    policy: spreadPins,
    budget: { vram: 1e12, weights: 1e12 },
  });
  const specs = Array.from({ length: WEIGHTS }, (_, i) => ({ name: `w${i}`, bytes: 64, fileBytes: 64 }));
  const ids = residency.register("model", specs);
  const uses: Use[] = [];
  for (let at = 0; at < WEIGHTS; at += PER_USE)
    uses.push({ stage: `stage ${at}`, weights: ids.slice(at, at + PER_USE), activationBytes: 0, flops: 0 });
  const announced = await residency.announce(
    { kind: "repeat", n: "unknown", body: { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) } },
    0,
  );
  if (!announced.ok) throw new Error("the schedule does not fit");
  for (const use of uses) residency.release(await residency.acquire(use));

  let promises = 0;
  const acquire = (count: number, from: number): void => {
    for (let i = 0; i < count; i++) {
      const lease = residency.acquire(uses[(from + i) % uses.length]!);
      if (lease instanceof Promise) promises++;
      else residency.release(lease);
    }
  };
  acquire(200_000, 0); // compiled by now

  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  globalThis.gc!();
  await sleep(50);
  observer.observe({ entryTypes: ["gc"] });
  const times = new Float64Array(ACQUIRES / BATCH);
  const before = process.memoryUsage().heapUsed;
  for (let batch = 0; batch < times.length; batch++) {
    const start = performance.now();
    acquire(BATCH, batch * BATCH);
    times[batch] = ((performance.now() - start) * 1000) / BATCH;
  }
  const grown = process.memoryUsage().heapUsed - before;
  await sleep(50);
  observer.disconnect();
  announced.value.end();
  const us = interval([...times]);
  return [
    {
      what: `acquire() and release(), ${PER_USE} resident weights of ${WEIGHTS}`,
      value: showInterval(us, " us"),
      goal: "< 5 us",
      verdict: atMost(us.median, 5),
      note: `means of ${BATCH} calls; ${promises} promises`,
    },
    {
      what: `${ACQUIRES} acquires: collections, growth of the heap`,
      value: `${collections}, ${(grown / 1024).toFixed(1)} KiB`,
      goal: "0, unchanged",
      verdict: collections === 0 && grown < 64 * 1024 ? "met" : "missed",
      note: "the growth includes what the measuring itself allocates",
    },
  ];
};

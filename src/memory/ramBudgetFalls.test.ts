import { expect, test } from "vitest";
import { bench, brief, passes, registerStages, step } from "./testing/bench.ts";
import { manualFence } from "./testing/fakeMemory.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));

test("RAM's budget falls while copies are read: what stays waits for the memory of what left, and is kept whatever the order of reads", async () => {
  const logs: string[][] = [];
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const gates = [manualFence(), manualFence()];
    let reads = 0;
    // The first two reads end when they are let; concurrency: 2 x 10 bytes of staging.
    const b = bench({ ram: 50, concurrency: 2, pause: () => gates[reads++]?.reached ?? Promise.resolve() });
    const uses = registerStages(b.residency, "m", [[10, 10, 10]]);
    await b.residency.announce(passes(uses, 2), 0);
    await settle();
    // Two are being read, the third waits for its turn: it is what was touched last, and stays.
    b.ram.setBudget(30);
    b.residency.checkInvariants();
    for (const gate of order) {
      gates[gate]!.reach();
      await settle();
      b.residency.checkInvariants();
    }
    await step(b, uses[0]!);
    for (let i = 0; i < 10; i++) await settle();
    b.residency.checkInvariants();
    expect(b.residency.stats().inRam).toEqual([2]);
    expect(b.host.liveBytes).toBe(10);
    expect(b.store.fills).toHaveLength(3);
    logs.push(brief(b.events.recent()));
  }
  expect(logs[1]).toEqual(logs[0]);
  // Nothing else leaves: the third is not given up and read anew by whoever acquires it.
  expect(logs[0]!.filter((line) => line.includes("-"))).toEqual(["0 ram-0 budget", "0 ram-1 budget"]);
});

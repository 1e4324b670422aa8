import { expect, test } from "vitest";
import { type Bench, bench, passes, registerStages, step } from "./testing/bench.ts";
import type { Thrash } from "./thrashWatch.ts";
import type { Use } from "./words.ts";

const stages = Array.from({ length: 10 }, () => [10, 10]);
const model = 200;

const told = (b: Bench) => b.events.recent().filter(({ kind }) => kind === "thrash");

/** Passes over a model of 200 bytes of which `weights` fit; `between` happens before each stage. */
async function run(weights: number, count: number, between: (b: Bench, pass: number, use: number) => Promise<void>) {
  const b = bench({ weights, vram: 1000 });
  const uses = registerStages(b.residency, "m", stages);
  const announced = await b.residency.announce(passes(uses, "unknown"), 0);
  const watch = b.residency.watchThrash();
  const found: ({ readonly pass: number } & Thrash)[] = [];
  for (let pass = 0; pass < count; pass++) {
    for (const [i, use] of uses.entries()) {
      await between(b, pass, i);
      await step(b, use);
    }
    const thrash = watch.pass();
    if (thrash !== null) found.push({ pass, ...thrash });
  }
  watch.stop();
  if (announced.ok) announced.value.end();
  return { b, found };
}

test("a steady run is quiet at every budget, and so is one that is interrupted once", async () => {
  for (let weights = 20; weights <= model; weights += 15) {
    const { b, found } = await run(weights, 4, async () => {});
    expect([found, told(b)]).toEqual([[], []]);
  }
  const { found } = await run(150, 6, async (b, pass, use) => {
    if (pass === 2 && use === 5) await b.residency.trim(60);
  });
  expect(found).toEqual([]);
});

test("a budget that goes up and down all the time is told once, with its cause and the lowest it was", async () => {
  const { b, found } = await run(150, 8, async ({ residency }, pass, use) => {
    if (pass > 0) await residency.setBudget({ vram: use % 2 === 0 ? 70 : 1000, weights: 150 });
  });
  expect(found).toMatchObject([{ pass: 2, cause: "budget", leastVram: 70 }]);
  expect(told(b)).toHaveLength(1);
});

test("another model that asks for room in the middle of each pass is told, with the room that both need", async () => {
  let other: Use[] | undefined;
  const { b, found } = await run(200, 5, async (b, _, use) => {
    other ??= registerStages(b.residency, "other", [[60], [60]]);
    if (use === 3) await step(b, other[0]!);
    if (use === 7) await step(b, other[1]!);
  });
  expect(found).toMatchObject([{ pass: 0, cause: "room", bound: 0, more: 120, refaults: 120 }]);
  expect(told(b)).toHaveLength(1);
  other = undefined;
  const enough = await run(320, 5, async (b, _, use) => {
    other ??= registerStages(b.residency, "other", [[60], [60]]);
    if (use === 3) await step(b, other[0]!);
    if (use === 7) await step(b, other[1]!);
  });
  expect(enough.found).toEqual([]);
});

test("a device that refuses what the budget allows, again and again, is told as such", async () => {
  let refuse = false;
  const b: Bench = bench({ weights: 150, fails: (what) => what === "allocate" && refuse && b.memory.liveBytes >= 60 });
  const uses = registerStages(b.residency, "m", stages);
  await b.residency.announce(passes(uses, "unknown"), 0);
  const watch = b.residency.watchThrash();
  const found: unknown[] = [];
  for (let pass = 0; pass < 8; pass++) {
    for (const use of uses) {
      await step(b, use);
      if (use === uses[4]) {
        // What is given back is asked for again at the next boundary, and refused at first.
        await b.residency.trim(80);
        refuse = true;
      } else if (use === uses[7]) {
        refuse = false;
        await b.residency.setBudget({ vram: 2 ** 40, weights: 150 });
      }
    }
    found.push(watch.pass()?.cause);
  }
  watch.stop();
  expect(found.filter((cause) => cause !== undefined)).toHaveLength(1);
  expect(told(b)).toMatchObject([{ kind: "thrash" }]);
});

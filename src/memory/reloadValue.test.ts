import fc from "fast-check";
import { expect, test } from "vitest";
import { leaveOrder } from "./leaveOrder.ts";
import { reloadValue } from "./reloadValue.ts";
import { type Bench, bench, brief, passes, registerStages, step } from "./testing/bench.ts";
import type { Use } from "./words.ts";

async function run(b: Bench, uses: readonly Use[], n: number) {
  const announced = await b.residency.announce(passes(uses, n), 0);
  for (let pass = 0; pass < n; pass++) for (const use of uses) await step(b, use);
  if (announced.ok) announced.value.end();
}

const left = (b: Bench) => brief(b.events.recent()).filter((line) => / -/.test(line));

test("an encoder that comes next makes way before the transformer after it, which a run uses more often", async () => {
  const b = bench({ weights: 400 });
  const [encoder, transformer, vae] = ["e", "t", "v"].map((name) => registerStages(b.residency, name, [[100], [100]]));
  await run(b, encoder!, 1);
  await run(b, transformer!, 4);
  b.residency.announceNext(["v", "e", "t"]);
  await b.residency.announce(passes(vae!, 2), 0);
  expect(left(b)).toEqual(["10 -0 room", "10 -1 room"]);
});

test("a model used twice that comes back from RAM makes way before one used once that has to be read", async () => {
  const b = bench({ weights: 400, ram: 200 + 200 });
  const [first, second, third] = ["a", "b", "c"].map((name) => registerStages(b.residency, name, [[100], [100]]));
  await run(b, first!, 2);
  await run(b, second!, 1);
  b.residency.announceNext(["c", "a", "b"]);
  await b.residency.announce(passes(third!, 2), 0);
  expect(b.residency.stats().resident.filter((weight) => weight < 4)).toEqual([2, 3]);
});

test("what a plan keeps a place for, and nothing lies in, is worth nothing; neither is what nobody named", () => {
  const record = { state: "resident", nextUse: 1, uses: 3, ram: null } as Parameters<typeof reloadValue>[0];
  expect(reloadValue(record)).toBeGreaterThan(0);
  expect(reloadValue({ ...record, state: "placed" })).toBe(0);
  expect(reloadValue({ ...record, nextUse: Number.POSITIVE_INFINITY })).toBe(0);
});

/** Chunks of one weight each, of models that do not run. */
const chunks = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    nextUse: fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
    uses: fc.integer({ min: 1, max: 30 }),
    inRam: fc.boolean(),
    lastUse: fc.nat(20),
  }),
  { minLength: 1, maxLength: 8 },
);

test("property: of other models' chunks none leaves while one of less value per byte stays; where nobody said what comes next, recency decides", () => {
  fc.assert(
    fc.property(chunks, fc.boolean(), (given, told) => {
      const pool = given.map((weight, id) => {
        const nextUse = told ? weight.nextUse : Number.POSITIVE_INFINITY;
        const ram = told && weight.inRam ? {} : null;
        return { bytes: weight.size, residents: [{ ...weight, id, nextUse, ram, state: "resident", holds: 0 }] };
      }) as unknown as Parameters<typeof leaveOrder>[0];
      const order = leaveOrder(pool, new Set(), new Set()).map(({ residents }) => residents[0]!);
      expect(order).toHaveLength(given.length);
      for (const [i, record] of order.entries()) {
        for (const later of order.slice(i + 1)) {
          expect(reloadValue(record)).toBeLessThanOrEqual(reloadValue(later));
          if (!told) expect(record.lastUse).toBeLessThanOrEqual(later.lastUse);
        }
      }
    }),
    { numRuns: 500 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemoryEvent } from "../memory/eventLog.ts";
import { spreadPins } from "../memory/spreadPins.ts";
import { staticPlacement } from "../memory/staticPlacement.ts";
import { bench, passes, registerStages } from "../memory/testing/bench.ts";
import { Turns } from "../memory/testing/turns.ts";
import { predict } from "./predict.ts";

const size = fc.integer({ min: 1, max: 24 });
const model = fc.array(fc.array(size, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
const input = fc.record({
  models: fc.array(model, { minLength: 1, maxLength: 3 }),
  runs: fc.array(fc.record({ model: fc.nat(2), n: fc.integer({ min: 1, max: 3 }), reserved: fc.nat(10) }), {
    minLength: 1,
    maxLength: 5,
  }),
  vramShare: fc.double({ min: 0.1, max: 1.3, noNaN: true }),
  weightsShare: fc.double({ min: 0.1, max: 1.3, noNaN: true }),
  alignment: fc.constantFrom(1, 8),
  ramShare: fc.constantFrom(0, 0.3, 1, 2),
  isStatic: fc.boolean(),
  order: fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }),
});

const decisions = (events: readonly MemoryEvent[]) =>
  events.filter(({ kind }) => ["move", "drop", "plan"].includes(kind));

test("7. given sizes and schedules, every move of a run is predicted, whatever the order in which reads and fences end", async () => {
  let streamed = 0;
  let fromRam = 0;
  await fc.assert(
    fc.asyncProperty(input, async ({ models, runs, vramShare, weightsShare, ramShare, alignment, isStatic, order }) => {
      const bytes = models.flat(2).reduce((sum, b) => sum + Math.ceil(b / alignment) * alignment, 0);
      const budget = { vram: Math.ceil(bytes * vramShare), weights: Math.ceil(bytes * weightsShare) };
      const ram = Math.ceil(bytes * ramShare) + 2 * Math.max(...models.flat(2));
      const policy = isStatic ? staticPlacement : spreadPins;
      let drawn = 0;
      const turns = new Turns((n) => order[drawn++ % order.length]! % n);
      const b = bench({ ...budget, ram, alignment, policy, pause: turns.pause });
      const uses = models.map((stages, m) => registerStages(b.residency, `m${m}`, stages));
      const schedules = runs.map((run) => ({ ...run, list: uses[run.model % uses.length]! }));

      const predicted = await predict({
        device: { device: "fake", alignment, maxChunkBytes: b.memory.maxChunkBytes, discrete: true },
        ram,
        policy,
        budget,
        models: models.map((stages, m) => ({
          id: `m${m}`,
          weights: stages.flat().map((bytes, i) => ({ name: `${m}.${i}`, bytes, fileBytes: bytes })),
        })),
        runs: schedules.map(({ list, n, reserved }) => ({ schedule: passes(list, n), reserved })),
      });

      let done = 0;
      for (const { list, n, reserved } of schedules) {
        const announced = await turns.until(b.residency.announce(passes(list, n), reserved), "announce");
        if (!announced.ok) {
          expect(predicted.doesNotFit).toEqual(announced.error);
          break;
        }
        b.ledger.charge("activations", reserved);
        for (let pass = 0; pass < n; pass++) {
          for (const use of list)
            b.residency.release(
              await turns.until(b.residency.acquire(use), use.stage),
              turns.fence(() => {}),
            );
        }
        announced.value.end();
        b.ledger.credit("activations", reserved);
        done++;
      }
      expect(decisions(predicted.events)).toEqual(decisions(b.events.recent()));
      expect(predicted.runs.length).toBe(done);
      if (done === schedules.length) expect(predicted.doesNotFit).toBeNull();
      if (predicted.runs.some(({ windowBytes }) => windowBytes > 0)) streamed++;
      if (predicted.runs.some(({ movedBytes, readBytes }) => readBytes < movedBytes)) fromRam++;
    }),
    { numRuns: 300 },
  );
  // The property is about something: many of these runs stream.
  expect(streamed).toBeGreaterThan(15);
  expect(fromRam).toBeGreaterThan(8);
});

test("a run of unknown length is followed as far as it is told to", async () => {
  const weights = Array.from({ length: 10 }, (_, i) => ({ name: `w${i}`, bytes: 100, fileBytes: 100 }));
  const uses = weights.map((_, i) => ({ stage: `s${i}`, weights: [i], activationBytes: 0, flops: 0 }));
  const { runs, doesNotFit } = await predict({
    device: { device: "fake", alignment: 1, maxChunkBytes: 2 ** 30 },
    policy: spreadPins,
    budget: { vram: 650, weights: 600 },
    models: [{ id: "m", weights }],
    runs: [{ schedule: passes(uses, "unknown"), reserved: 50, uses: 40 }],
  });
  expect(doesNotFit).toBeNull();
  // The first pass, then three times M - R.
  expect(runs).toEqual([
    {
      modelBytes: 1000,
      pinnedBytes: 400,
      windowBytes: 200,
      weightBudget: 600,
      movedBytes: 1000 + 3 * 600 + 100,
      readBytes: 1000 + 3 * 600 + 100,
      peakBytes: 650,
    },
  ]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryError } from "../memory/errors.ts";
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

/** After so many acquires, what may be taken: a share of what there was. */
const changes = fc.array(
  fc.record({
    at: fc.nat(30),
    share: fc.double({ min: 0.3, max: 1.2, noNaN: true }),
    what: fc.constantFrom("vram", "weights", "ram", "device"),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Of what a run charges beside weights, what stays charged until the next one. */
const keptOf = (reserved: number): number => Math.floor(reserved / 2);

test("7. fed the budgets of a log whose run is over, every move of that run is predicted", async () => {
  let [moved, again] = [0, 0];
  await fc.assert(
    fc.asyncProperty(input, changes, async ({ models, runs, vramShare, ramShare, alignment, order }, changes) => {
      const bytes = models.flat(2).reduce((sum, b) => sum + Math.ceil(b / alignment) * alignment, 0);
      const budget = { vram: Math.ceil(bytes * vramShare) + 20, weights: bytes };
      const ram = Math.ceil(bytes * ramShare) + 2 * Math.max(...models.flat(2));
      let drawn = 0;
      const turns = new Turns((n) => order[drawn++ % order.length]! % n);
      const b = bench({ ...budget, ram, alignment, pause: turns.pause });
      const uses = models.map((stages, m) => registerStages(b.residency, `m${m}`, stages));
      const schedules = runs.map((run) => ({ ...run, list: uses[run.model % uses.length]! }));

      const pending = [...changes].sort((x, y) => x.at - y.at);
      let [acquires, held] = [0, 0];
      let [now, before] = [budget, 0];
      const change = async () => {
        for (; pending[0] !== undefined && pending[0].at <= acquires; pending.shift()) {
          const { what, share } = pending[0];
          if (what === "ram") b.ram.setBudget(Math.ceil(ram * share));
          else if (what === "device")
            await turns.until(b.residency.followDevice(Math.ceil(budget.vram * share)), "device");
          else {
            now = { ...now, [what]: Math.ceil(budget[what] * share) };
            await turns.until(b.residency.setBudget(now), "budget");
          }
          before++;
        }
      };
      let failed: unknown = null;
      let begun = 0;
      try {
        for (const { list, n, reserved } of schedules) {
          begun++;
          await change();
          b.ledger.credit("activations", held);
          held = 0;
          const announced = await turns.until(b.residency.announce(passes(list, n), reserved), "announce");
          if (!announced.ok) break;
          b.ledger.charge("activations", reserved);
          for (let pass = 0; pass < n; pass++)
            for (const use of list) {
              await change();
              const lease = await turns.until(b.residency.acquire(use), use.stage);
              b.residency.release(
                lease,
                turns.fence(() => {}),
              );
              acquires++;
            }
          // What a budget that grew late has begun to bring is there: at a run's end what has not begun is called off, and that is a matter of time.
          while (await turns.one());
          announced.value.end();
          held = keptOf(reserved);
          b.ledger.credit("activations", reserved - held);
        }
      } catch (error) {
        // A budget below what a stage needs.
        if (!(error instanceof MemoryError)) throw error;
        failed = error;
      }

      // The log is opened only now, and only for its budgets.
      const log = b.events.recent();
      const budgets = log.filter((event) => event.kind === "budget");
      const predicting = predict({
        device: { device: "fake", alignment, maxChunkBytes: b.memory.maxChunkBytes, discrete: true },
        ram,
        policy: spreadPins,
        budget,
        budgets,
        models: models.map((stages, m) => ({
          id: `m${m}`,
          weights: stages.flat().map((bytes, i) => ({ name: `${m}.${i}`, bytes, fileBytes: bytes })),
        })),
        runs: schedules.slice(0, begun).map(({ list, n, reserved }) => ({
          schedule: passes(list, n),
          reserved,
          kept: keptOf(reserved),
        })),
      });
      if (failed !== null) {
        await expect(predicting).rejects.toMatchObject({ code: (failed as MemoryError).code });
        return;
      }
      const predicted = await predicting;
      expect(decisions(predicted.events)).toEqual(decisions(log));
      if (before > 0) moved++;
      if (log.some((event) => event.kind === "drop" && event.reason === "budget")) again++;
    }),
    { numRuns: 300 },
  );
  // The property is about something: budgets change during these runs, and weights leave for it.
  expect(moved).toBeGreaterThan(100);
  expect(again).toBeGreaterThan(10);
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
      leftBytes: 600,
    },
  ]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { computeShares } from "../memory/computeShares.ts";
import { passTime } from "../memory/passTime.ts";
import type { Plan, Policy } from "../memory/policy.ts";
import { flatten } from "../memory/schedule.ts";
import { spreadPins } from "../memory/spreadPins.ts";
import { passes } from "../memory/testing/bench.ts";
import type { Use } from "../memory/words.ts";
import { clock } from "./clock.ts";
import { movesOf } from "./move.ts";
import { predict } from "./predict.ts";
import { unroll } from "./unroll.ts";

const model = fc.record({
  stages: fc.array(
    fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      flops: fc.integer({ min: 1, max: 200 }),
    }),
    { minLength: 2, maxLength: 12 },
  ),
  share: fc.double({ min: 0.3, max: 0.98, noNaN: true }),
});

test("what the policy takes a pass to last is what the clock makes of the moves that the core then makes", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(model, async ({ stages, share }) => {
      const specs = stages.flatMap(({ sizes }, s) =>
        sizes.map((bytes, i) => ({ name: `${s}.${i}`, bytes, fileBytes: bytes })),
      );
      const total = specs.reduce((sum, { bytes }) => sum + bytes, 0);
      let next = 0;
      const uses: Use[] = stages.map(({ sizes, flops }, s) => ({
        stage: `s${s}`,
        weights: sizes.map(() => next++),
        activationBytes: 0,
        flops,
      }));
      let plan: Plan | undefined;
      const policy: Policy = {
        name: "as planned",
        plan(state, schedule) {
          const planned = spreadPins.plan(state, schedule);
          if (planned.ok) plan = planned.value;
          return planned;
        },
      };
      const schedule = passes(uses, 4);
      const budget = { vram: 2 ** 40, weights: Math.ceil(total * share) };
      const { events, doesNotFit } = await predict({
        device: { device: "none", alignment: 1, maxChunkBytes: 2 ** 40 },
        policy,
        budget,
        models: [{ id: "m", weights: specs }],
        runs: [{ schedule, reserved: 0 }],
      });
      if (doesNotFit !== null || plan?.places === undefined) return;
      const { pinned, places, windowBytes } = plan;
      const compute = computeShares(flatten(schedule));
      const streamed = uses.map(({ weights }) => weights.filter((weight) => !pinned.has(weight)));
      const rate = total / 2;
      const { time } = passTime({ compute, streamed, bytes: (w) => specs[w]!.bytes, places, windowBytes, rate });

      const all = unroll(schedule);
      const { moves } = movesOf(events, all, 0);
      const timed = all.map((use, i) => ({ ...use, flops: compute[i % uses.length]! }));
      const { ends } = clock({ uses: timed, moves, flopsPerSecond: 1, bytesPerSecond: rate, overlap: true });
      const n = uses.length;
      // The first pass also brings the pins: the ones after it are steady.
      expect(ends[4 * n - 1]! - ends[3 * n - 1]!).toBeCloseTo(time, 9);
      compared++;
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(100);
});

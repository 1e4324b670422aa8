import { expect, test } from "vitest";
import type { Policy } from "./policy.ts";
import { bench, brief, passes, registerStages, step } from "./testing/bench.ts";

/** Nothing stays, and a window of 500 bytes: five stages of the six. */
const wide: Policy = {
  name: "wide",
  plan: () => ({
    ok: true,
    value: {
      policy: "wide",
      modelBytes: 600,
      pinned: new Set(),
      pinnedBytes: 0,
      windowBytes: 500,
      windowChunks: [500],
      ahead: true,
      eager: false,
    },
  }),
};
const six = [[100], [100], [100], [100], [100], [100]];

test("of a pass that has not begun only the first stage streams, however large the window", async () => {
  const b = bench({ weights: 500, policy: wide });
  const uses = registerStages(b.residency, "m", six);
  await b.residency.announce(passes(uses, "unknown"), 0);
  for (const use of uses) await step(b, use);
  const moves = brief(b.events.recent()).filter((line) => line.includes("+"));
  expect(moves.map((line) => line.split(" ")[1])).toEqual(["+0", "+1", "+2", "+3", "+4", "+5", "+0"]);
});

test("nothing streams past the end of the schedule", async () => {
  const b = bench({ weights: 500, policy: wide });
  const uses = registerStages(b.residency, "m", six);
  await b.residency.announce(passes(uses, 2), 0);
  for (let pass = 0; pass < 2; pass++) for (const use of uses) await step(b, use);
  expect(b.events.counters().movedBytes).toBe(1200);
});

test("a weight that streams goes to its own place, when what lies there has been used", async () => {
  // Stage 1's place overlaps that of stage 0, stage 2's is apart from both.
  const places = new Map([
    [0, { chunk: 0, offset: 0 }],
    [1, { chunk: 0, offset: 50 }],
    [2, { chunk: 0, offset: 150 }],
  ]);
  const policy: Policy = {
    name: "placed",
    plan: () => ({
      ok: true,
      value: {
        policy: "placed",
        modelBytes: 300,
        pinned: new Set(),
        pinnedBytes: 0,
        windowBytes: 250,
        windowChunks: [250],
        places,
        ahead: false,
        eager: false,
      },
    }),
  };
  const b = bench({ weights: 250, policy });
  const uses = registerStages(b.residency, "m", [[100], [100], [100]]);
  await b.residency.announce(passes(uses, 1), 0);
  const offsets: number[] = [];
  for (const use of uses) {
    const lease = await b.residency.acquire(use);
    offsets.push(lease.place(use.weights[0]!).offset);
    b.residency.release(lease);
  }
  expect(offsets).toEqual([0, 50, 150]);
  // Nothing overtakes stage 1, so that stage 2 comes with it, under it.
  expect(brief(b.events.recent())).toEqual(["0 +0 stream", "2 -0 used", "2 +1 stream", "2 +2 stream", "3 -1 used"]);
});

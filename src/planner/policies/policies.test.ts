import { expect, test } from "vitest";
import type { Schedule, Use } from "../../memory/words.ts";
import { clock } from "../clock.ts";
import { runPolicy } from "../runPolicy.ts";
import { plannedPolicies } from "./index.ts";

/** L equal blocks, each its own stage, scanned again and again: the case that theory speaks of (residency.md, "What is known"). */
const BLOCKS = 60;
const PASSES = 61;
const weights = Array.from({ length: BLOCKS }, (_, i) => ({ name: `block.${i}`, bytes: 100, fileBytes: 100 }));
const uses: Use[] = weights.map((_, i) => ({ stage: `block.${i}`, weights: [i], activationBytes: 0, flops: 50 }));
const schedule: Schedule = {
  kind: "repeat",
  n: PASSES,
  body: { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) },
};

const input = (blocks: number) => ({
  device: { device: "none", alignment: 1, maxChunkBytes: 2 ** 40 },
  budget: { vram: 100 * blocks, weights: 100 * blocks },
  models: [{ id: "model", weights }],
  runs: [{ schedule, reserved: 0 }],
});

async function run(name: string, blocks: number) {
  const { runs, doesNotFit } = await runPolicy(name, input(blocks));
  expect(doesNotFit).toBeNull();
  return runs[0]!;
}

/** Blocks moved in the passes after the first. */
async function steady(name: string, blocks: number): Promise<number> {
  const { moves } = await run(name, blocks);
  return moves.filter(({ needed }) => needed >= BLOCKS && needed < BLOCKS * PASSES).length;
}

test.each(Object.keys(plannedPolicies))("%s: everything fits, everything moves once", async (name) => {
  const { moves, movedBytes } = await run(name, BLOCKS);
  expect(moves.map(({ weight }) => weight).sort((a, b) => a - b)).toEqual(weights.map((_, i) => i));
  expect(movedBytes).toBe(100 * BLOCKS);
});

test.each(["lru", "fifo"])(
  "%s moves the whole model each pass, though one block is all that is missing",
  async (name) => {
    expect(await steady(name, BLOCKS - 1)).toBe(BLOCKS * (PASSES - 1));
    expect(await steady(name, 30)).toBe(BLOCKS * (PASSES - 1));
  },
);

test("Bélády's optimum moves (L - B) L / (L - 1) blocks a pass", async () => {
  for (const blocks of [15, 30, 45]) {
    const bound = ((BLOCKS - blocks) * BLOCKS) / (BLOCKS - 1);
    const moved = (await steady("belady", blocks)) / (PASSES - 1);
    // It holds the block before as well while the next one loads: one block less to choose from.
    const held = ((BLOCKS - blocks + 1) * BLOCKS) / (BLOCKS - 2);
    expect(moved).toBeGreaterThanOrEqual(bound - 0.5);
    expect(moved).toBeLessThanOrEqual(held + 0.5);
  }
});

test.each(["spread-pins", "resident-prefix", "strided"])(
  "%s moves M - R, and R is the budget less its window",
  async (name) => {
    const { pinnedBytes, windowBytes, modelBytes } = await run(name, 30);
    expect(pinnedBytes + windowBytes).toBe(3000);
    // Two stages, and for those that lay them out as a ring one weight for its wrap.
    expect(windowBytes).toBe(name === "spread-pins" ? 200 : 300);
    expect(await steady(name, 30)).toBe(((modelBytes - pinnedBytes) / 100) * (PASSES - 1));
  },
);

test("stream-all keeps nothing", async () => {
  const { pinnedBytes } = await run("stream-all", 30);
  expect(pinnedBytes).toBe(0);
  expect(await steady("stream-all", 30)).toBe(BLOCKS * (PASSES - 1));
});

test("static does not fit, and says by how much", async () => {
  const { doesNotFit, runs } = await runPolicy("static", input(30));
  expect(runs).toEqual([]);
  expect(doesNotFit).toMatchObject({ weightBytes: 6000, needed: 6000, limit: expect.stringMatching(/vram|weights/) });
});

test("a cache does not fit where one stage does not", async () => {
  const { doesNotFit } = await runPolicy("lru", { ...input(30), budget: { vram: 99, weights: 99 } });
  expect(doesNotFit).toMatchObject({ stage: "block.0", weightBytes: 100, needed: 100 });
});

test("which blocks stay matters where copies overlap: a copy takes twice a block's compute, room for half", async () => {
  const seconds = async (name: string): Promise<number> => {
    // Room for 30 blocks that stay beside the window of three.
    const { uses, moves } = await run(name, 33);
    const { ends } = clock({ uses, moves, flopsPerSecond: 50, bytesPerSecond: 50, overlap: true });
    return (ends[BLOCKS * 41 - 1]! - ends[BLOCKS * 21 - 1]!) / 20;
  };
  // residency.md: bound 60, all streamed 120, a prefix 90, spread 64.
  expect(await seconds("stream-all")).toBeCloseTo(120, 0);
  expect(await seconds("resident-prefix")).toBeGreaterThan(85);
  expect(await seconds("resident-prefix")).toBeLessThan(95);
  expect(await seconds("strided")).toBeLessThan(65);
  expect(await seconds("spread-pins")).toBeGreaterThanOrEqual(60);
  expect(await seconds("spread-pins")).toBeLessThan(66);
});

test("on one queue only the bytes matter", async () => {
  for (const name of ["resident-prefix", "strided", "spread-pins"]) {
    const { uses, moves, movedBytes } = await run(name, 33);
    const time = clock({ uses, moves, flopsPerSecond: 50, bytesPerSecond: 50, overlap: false });
    expect(time.seconds).toBeCloseTo(BLOCKS * PASSES + movedBytes / 50, 6);
  }
});

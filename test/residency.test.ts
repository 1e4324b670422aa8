import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSafetensors } from "../src/formats/safetensors.ts";
import { liveBufferBytes } from "../src/ggml/memory.ts";
import { flux2Inputs, openFlux2 } from "../src/models/flux2/index.ts";
import type { RunStats } from "../src/runtime/runtime.ts";
import { type Flux2Sizes, flux2Shapes, writeFlux2File } from "./support/flux2File.ts";
import { openRuntime } from "./support/openRuntime.ts";

/**
 * The bound and the identity, on a real device: a generated model with no weight above 1 % of it, three passes at each budget. What moves is
 * counted by the event log, what is held by the ledger, and the ledger is checked against the sum of live ggml buffers.
 */
const SIZES: Flux2Sizes = { hidden: 128, double: 8, single: 60, context: 96 };
const PASSES = 3;
const modelBytes = Object.values(flux2Shapes(SIZES))
  .map((shape) => shape.reduce((n, size) => n * size, 1) * (shape.length === 1 ? 4 : 2))
  .reduce((sum, bytes) => sum + bytes, 0);
const largest = 9 * SIZES.hidden * SIZES.hidden * 2;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-residency-"));
  file = path.join(folder, "model.safetensors");
  await writeFlux2File(file, SIZES);
});
afterAll(() => {
  // Every runtime gave everything back.
  expect(liveBufferBytes()).toBe(0);
  return rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly hash: string;
  readonly stats: RunStats;
  readonly resident: string;
  readonly ledgerEqualsBuffers: boolean;
}

async function draw(options: {
  vramWeights?: { share: number };
  policy?: "dynamic" | "static";
  vram?: number;
}): Promise<Outcome> {
  const runtime = await openRuntime("cpu", { precision: "native", ...options });
  try {
    const model = openFlux2(await openSafetensors(file));
    const loaded = runtime.load(model);
    const shape = { batch: 1, height: 6, width: 4, textTokens: 12 };
    const def = model.pass(shape);
    let x = Float32Array.from({ length: 128 * 24 }, (_, i) => Math.sin(i));
    const context = Float32Array.from({ length: 12 * 96 }, (_, i) => Math.cos(i));
    const run = await loaded.begin([def], { repeat: PASSES });
    let equal = true;
    for (let pass = 0; pass < PASSES; pass++) {
      const values = flux2Inputs(model.dims, shape, { x, context, sigma: [1 - pass / 4] });
      const [out] = await run.pass([values]);
      x = x.map((v, i) => v - 0.25 * out!["out"]![i]!);
      equal &&= liveBufferBytes() === runtime.stats().vram.used;
    }
    run.end();
    const stats = runtime.stats();
    const resident = [...stats.residency.resident].sort((a, b) => a - b).join();
    return {
      hash: createHash("sha256").update(new Uint8Array(x.buffer)).digest("hex"),
      stats,
      resident,
      ledgerEqualsBuffers: equal,
    };
  } finally {
    await runtime.close();
  }
}

test("the model has no weight above 1 % of it", () => {
  expect(largest / modelBytes).toBeLessThanOrEqual(0.01);
});

describe("a generated model on the CPU", () => {
  const shares = [1, 0.9, 0.6, 0.3, 0.1];
  const outcomes = new Map<number | "static", Outcome>();
  beforeAll(async () => {
    for (const share of shares) outcomes.set(share, await draw({ vramWeights: { share } }));
    outcomes.set("static", await draw({ policy: "static" }));
  }, 300_000);

  test("the same bytes at 100, 90, 60, 30 and 10 % of the weights, and with dynamic VRAM off", () => {
    expect(new Set([...outcomes.values()].map((o) => o.hash)).size).toBe(1);
  });

  test.each([0.9, 0.6, 0.3, 0.1])(
    "moved <= 1.02 x (M - R) in a steady pass and R >= budget - window - one weight, at %f",
    (share) => {
      const { stats } = outcomes.get(share)!;
      const steady = stats.passes[1]!;
      const budget = Math.floor(share * modelBytes);
      expect(steady.modelBytes).toBeGreaterThanOrEqual(modelBytes);
      expect(steady.movedBytes).toBeGreaterThan(0);
      expect(steady.movedBytes).toBeLessThanOrEqual(1.02 * (steady.modelBytes - steady.pinnedBytes));
      expect(steady.pinnedBytes).toBeGreaterThanOrEqual(budget - steady.windowBytes - largest);
      expect(steady.pinnedBytes + steady.windowBytes).toBeLessThanOrEqual(budget);
    },
  );

  test.each(shares)(
    "weights stay within their budget, and the ledger is the sum of live ggml buffers, at %f",
    (share) => {
      const { stats, ledgerEqualsBuffers } = outcomes.get(share)!;
      expect(stats.vram.byKind["weights"]!.peak).toBeLessThanOrEqual(
        share === 1 ? stats.vram.budget : Math.floor(share * modelBytes),
      );
      expect(ledgerEqualsBuffers).toBe(true);
    },
  );

  test("resident sets differ between budgets, and bytes moved", () => {
    expect(new Set(shares.map((share) => outcomes.get(share)!.resident)).size).toBe(shares.length);
    const moved = shares.map((share) => outcomes.get(share)!.stats.counters.movedBytes);
    expect(moved).toEqual([...moved].sort((a, b) => a - b));
    expect(moved.at(-1)!).toBeGreaterThan(2 * moved[0]!);
  });

  test("the hard ceiling: --vram holds for weights and everything beside them, with the same bytes", async () => {
    const all = outcomes.get(1)!.stats.vram.peak;
    for (const share of [0.7, 0.4]) {
      const { hash, stats } = await draw({ vram: Math.floor(all * share) });
      expect(hash).toBe(outcomes.get(1)!.hash);
      expect(stats.vram.peak).toBeLessThanOrEqual(Math.floor(all * share));
    }
  });

  test("too small a budget says so with both numbers and the flag that helps", async () => {
    await expect(draw({ vramWeights: { share: 0.001 } })).rejects.toThrow(
      /needs .* of weights at once.*the budget is .*Try --vram-weights /s,
    );
    await expect(draw({ vram: 100_000 })).rejects.toThrow(/the budget is 100 KB\. Try --vram /);
    await expect(draw({ vramWeights: { share: 0.5 }, policy: "static" })).rejects.toThrow(
      /with dynamic VRAM off the model needs .* at once.*the budget is .*\. Leave --disable-dynamic-vram out, or try --vram-weights /,
    );
  });
});

import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openGguf } from "../src/formats/gguf/gguf.ts";
import { liveBufferBytes } from "../src/ggml/index.ts";
import { flux2Inputs, openFlux2 } from "../src/models/flux2/index.ts";
import type { RunStats } from "../src/runtime/runtime.ts";
import { openRuntime } from "./support/openRuntime.ts";

const file = path.join(import.meta.dirname, "../../shared/golden/quant/flux2_tiny.gguf");
const SHAPE = { batch: 1, height: 4, width: 4, textTokens: 6 };
const PASSES = 2;

interface Drawn {
  readonly out: Float32Array;
  readonly stats: RunStats;
  /** What the model's weights take in the file; the few vectors are f32 there already. */
  readonly fileBytes: number;
}

async function draw(share: number): Promise<Drawn> {
  const runtime = await openRuntime("cpu", { precision: "native", vramWeights: { share } });
  try {
    const source = await openGguf(file);
    const model = openFlux2(source);
    const run = await runtime.load(model).begin([model.pass(SHAPE)], { repeat: PASSES });
    const x = Float32Array.from({ length: 128 * 16 }, (_, i) => Math.sin(i));
    const context = Float32Array.from({ length: 6 * model.dims.context }, (_, i) => Math.cos(i));
    let out = new Float32Array();
    for (let pass = 0; pass < PASSES; pass++) {
      const [got] = await run.pass([flux2Inputs(model.dims, SHAPE, { x, context, sigma: [0.5] })]);
      out = Float32Array.from(got!["out"]!);
    }
    run.end();
    const fileBytes = [...source.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    return { out, stats: runtime.stats(), fileBytes };
  } finally {
    await runtime.close();
  }
}

describe.skipIf(!existsSync(file))("a GGUF model in its own encodings", () => {
  test("moves the file's bytes, and makes the same numbers when it streams", async () => {
    const all = await draw(1);
    const some = await draw(0.7);
    expect(all.out.every(Number.isFinite)).toBe(true);
    expect(some.out).toEqual(all.out);
    expect(all.stats.counters.movedBytes).toBe(all.fileBytes);
    expect(some.stats.counters.movedBytes).toBeGreaterThan(all.fileBytes);
    expect(some.stats.vram.byKind["weights"]!.peak).toBeLessThanOrEqual(0.7 * all.stats.vram.byKind["weights"]!.peak);
    expect(liveBufferBytes()).toBe(0);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeVariant } from "../../bench/quant/writeVariant.ts";
import { writeFlux2 } from "../../bench/writeFlux2.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { type Flux2Model, flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import type { Precision } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { FORMATS } from "../support/quantise.ts";

/** Deep enough that a tenth of its weights holds the largest stage, the double block. */
const SIZES = { hidden: 256, double: 1, single: 24, context: 512 };
const SHAPE = { batch: 1, height: 4, width: 4, textTokens: 6 };

const folder = mkdtempSync(path.join(tmpdir(), "weir-quant-budgets-"));
const base = path.join(folder, "base.safetensors");
beforeAll(async () => void (await writeFlux2(base, SIZES)), 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The result of two passes, and the bytes that they moved over those of all weights. */
async function draw(file: string, precision: Precision, share: number) {
  const runtime = await openRuntime("cpu", { precision, vramWeights: { share } });
  const loaded = runtime.load(openFlux2(await openWeights(file, runtime.quant)));
  const model = loaded.model as Flux2Model;
  const inputs = flux2Inputs(model.dims, SHAPE, {
    x: new Float32Array(model.dims.channels * 16).map((_, i) => Math.sin(i)),
    sigma: [0.6],
    context: new Float32Array(6 * model.dims.context).map((_, i) => Math.cos(i)),
  });
  const run = await loaded.begin([model.pass(SHAPE)], { repeat: 2 });
  await run.pass([inputs]);
  const [out] = await run.pass([inputs]);
  run.end();
  const { counters } = runtime.stats();
  await runtime.close();
  return { out: out!["out"]!, moved: counters.movedBytes };
}

test.each(FORMATS)(
  "%s: budgets of 100, 30 and 10 % of its weights draw the same bits",
  async (format) => {
    const file = path.join(folder, "variant.safetensors");
    await writeVariant(base, file, format, true);
    for (const precision of ["native", "fp32"] as const) {
      const whole = await draw(file, precision, 1);
      expect(whole.out.every(Number.isFinite)).toBe(true);
      let most = whole.moved;
      for (const share of [0.3, 0.1]) {
        const { out, moved } = await draw(file, precision, share);
        expect(out).toEqual(whole.out);
        // what left came again
        expect(moved).toBeGreaterThan(most);
        most = moved;
      }
    }
    await rm(file);
  },
  120_000,
);

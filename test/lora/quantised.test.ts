import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWeights } from "../../src/formats/openWeights.ts";
import { readFloat32 } from "../../src/formats/readFloat32.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { type Flux2Model, flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { flux2Targets, type LoraModel, openLora } from "../../src/models/lora/index.ts";
import { type Adapters, toldOf, withLora } from "../../src/nodes/loaders/adapters.ts";
import type { Precision } from "../../src/runtime/runtime.ts";
import { goldenExists, goldenRoot } from "../formats/golden.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { bytesOf, KINDS, makeAdapter, memorySource } from "./loraFiles.ts";

/** A GGUF of mixed block encodings under LoRAs of every kind, against its decoded values with the LoRAs merged in f32. */
const GGUF = path.join(goldenRoot, "quant/flux2_tiny.gguf");
const SHAPE = { batch: 1, height: 4, width: 4, textTokens: 6 };
const STRENGTH = 0.6;

describe.skipIf(!goldenExists || !existsSync(GGUF))("LoRAs on a quantised base", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-lora-gguf-"));
  const merged = path.join(folder, "merged.safetensors");
  const decoded = path.join(folder, "decoded.safetensors");
  const layers: { stem: string; rows: number; columns: number }[] = [];
  const adapterOf = (n: number) => {
    const { stem, rows, columns } = layers[n]!;
    return makeAdapter(KINDS[n % KINDS.length]!, `diffusion_model.${stem}`, rows, columns, n + 1);
  };
  beforeAll(async () => {
    const source = await openWeights(GGUF);
    for (const { name, shape } of source.tensors.values())
      if (shape.length === 2 && /blocks|modulation/.test(name) && shape.every((size) => size % 8 === 0))
        layers.push({ stem: name.replace(/\.weight$/, ""), rows: shape[0]!, columns: shape[1]! });
    const write = async (file: string, merge: boolean) => {
      const tensors = [];
      for (const { name, shape } of source.tensors.values()) {
        const values = await readFloat32(source, name);
        const n = layers.findIndex(({ stem }) => name === `${stem}.weight`);
        const changed = merge && n >= 0 ? adapterOf(n).merge(Float64Array.from(values), STRENGTH) : values;
        tensors.push({ name, encoding: "F32" as const, shape, data: bytesOf("F32", changed) });
      }
      await writeSafetensors(file, tensors);
    };
    await write(decoded, false);
    await write(merged, true);
    await source.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function draw(file: string, precision: Precision, lora: boolean): Promise<Float32Array> {
    const runtime = await openRuntime("cpu", { precision });
    const loaded = runtime.load(openFlux2(await openWeights(file)));
    const model = loaded.model as Flux2Model;
    let adapters: Adapters | undefined;
    if (lora) {
      const tensors = layers.flatMap((_, n) => adapterOf(n).tensors);
      const opened = runtime.load(await openLora(memorySource("lora", tensors))).model as LoraModel;
      const changed = withLora(runtime, model, flux2Targets(model), undefined, opened, STRENGTH);
      expect(changed.fit.patches.length).toBe(layers.length);
      adapters = changed.adapters;
    }
    const inputs = flux2Inputs(model.dims, SHAPE, {
      x: new Float32Array(model.dims.channels * 16).map((_, i) => Math.sin(i)),
      sigma: [0.6],
      context: new Float32Array(6 * model.dims.context).map((_, i) => Math.cos(i)),
    });
    const run = await loaded.begin([model.pass(SHAPE)], { repeat: 1, ...toldOf(adapters) });
    const [out] = await run.pass([inputs]);
    run.end();
    await runtime.close();
    return out!["out"]!;
  }
  const norm = (a: Float32Array) => Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
  const apart = (a: Float32Array, b: Float32Array) => norm(a.map((value, i) => value - b[i]!)) / norm(b);

  test("in f32 it is the f32 math over the decoded base", async () => {
    expect(layers.length).toBeGreaterThan(8);
    const want = await draw(merged, "fp32", false);
    expect(apart(await draw(GGUF, "fp32", true), want)).toBeLessThan(1e-5);
    expect(apart(await draw(decoded, "fp32", false), want)).toBeGreaterThan(0.05);
  });

  test("in its own precision the LoRA adds nothing to the base's error", async () => {
    const base = apart(await draw(GGUF, "native", false), await draw(decoded, "fp32", false));
    const under = apart(await draw(GGUF, "native", true), await draw(merged, "fp32", false));
    expect(under).toBeLessThan(2 * base);
  });
});

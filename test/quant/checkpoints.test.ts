import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWeights } from "../../src/formats/openWeights.ts";
import { layerRows } from "../../src/formats/quant/checkpoint/layerRows.ts";
import type { QuantOptions } from "../../src/formats/quant/checkpoint/quantOptions.ts";
import { toFloat32 } from "../../src/formats/toFloat32.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { type Flux2Model, flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { flux2Targets, type LoraModel, openLora } from "../../src/models/lora/index.ts";
import { type Adapters, toldOf, withLora } from "../../src/nodes/loaders/adapters.ts";
import type { RuntimeOptions } from "../../src/runtime/createRuntime.ts";
import { bytesOf, KINDS, makeAdapter, memorySource, numbers } from "../lora/loraFiles.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { FORMATS, type Format, quantise, type WrittenTensor } from "../support/quantise.ts";

/**
 * A little Flux 2 in every format, whole: opened as users' files are, run on the CPU and on the reference backend, at small budgets and under
 * LoRAs, against f32 math over what its layers hold by their own definition.
 */
const H = 256;
const SHAPE = { batch: 1, height: 4, width: 4, textTokens: 6 };
const STRENGTH = 0.6;

interface Layer {
  readonly stem: string;
  readonly rows: number;
  readonly columns: number;
}
const layer = (stem: string, rows: number, columns: number): Layer => ({ stem, rows, columns });
/** Those that files leave in 16 bits or more. */
const PLAIN: readonly Layer[] = [
  layer("time_in.in_layer", H, 256),
  layer("time_in.out_layer", H, H),
  layer("img_in", H, 64),
  layer("final_layer.linear", 64, H),
];
const QUANTISED: readonly Layer[] = [
  layer("txt_in", H, 512),
  layer("double_stream_modulation_img.lin", 6 * H, H),
  layer("double_stream_modulation_txt.lin", 6 * H, H),
  layer("single_stream_modulation.lin", 3 * H, H),
  ...["img", "txt"].flatMap((stream) => [
    layer(`double_blocks.0.${stream}_attn.qkv`, 3 * H, H),
    layer(`double_blocks.0.${stream}_attn.proj`, H, H),
    layer(`double_blocks.0.${stream}_mlp.0`, 4 * H, H),
    layer(`double_blocks.0.${stream}_mlp.2`, H, 2 * H),
  ]),
  layer("single_blocks.0.linear1", 7 * H, H),
  layer("single_blocks.0.linear2", H, 3 * H),
  layer("final_layer.adaLN_modulation.1", 2 * H, H),
];
const NORMS = [
  ...["img", "txt"].flatMap((s) => ["query", "key"].map((side) => `double_blocks.0.${s}_attn.norm.${side}_norm.scale`)),
  "single_blocks.0.norm.query_norm.scale",
  "single_blocks.0.norm.key_norm.scale",
];

const folder = mkdtempSync(path.join(tmpdir(), "weir-quant-"));
const fileOf = (name: string) => path.join(folder, `${name.replace(/\W/g, "_")}.safetensors`);
const written = new Map<string, Float32Array>();

beforeAll(async () => {
  const next = numbers(7);
  const f32 = (name: string, shape: readonly number[], values: Float32Array): WrittenTensor => ({
    name,
    encoding: "F32",
    shape,
    data: bytesOf("F32", values),
  });
  for (const { stem, rows, columns } of [...PLAIN, ...QUANTISED])
    written.set(
      stem,
      Float32Array.from({ length: rows * columns }, () => (next() * 1.7) / Math.sqrt(columns)),
    );
  const others = [
    ...PLAIN.map(({ stem, rows, columns }) => f32(`${stem}.weight`, [rows, columns], written.get(stem)!)),
    ...NORMS.map((name) =>
      f32(
        name,
        [64],
        Float32Array.from({ length: 64 }, () => 1 + next() / 4),
      ),
    ),
  ];
  for (const format of [...FORMATS, "f32"] as const) {
    const layers = QUANTISED.flatMap(({ stem, rows, columns }) =>
      format === "f32"
        ? [f32(`${stem}.weight`, [rows, columns], written.get(stem)!)]
        : quantise(format, stem, written.get(stem)!, rows, columns),
    );
    const marker =
      format === "scaled_fp8"
        ? [{ name: "scaled_fp8", encoding: "F8_E4M3" as const, shape: [0], data: new Uint8Array() }]
        : [];
    await writeSafetensors(fileOf(format), [...others, ...layers, ...marker]);
  }
  // what the exact form holds, as a plain file; and with the LoRAs merged
  for (const format of FORMATS)
    for (const merge of [false, true]) {
      const source = await openWeights(fileOf(format), { fp8: "f16", exact: true });
      const model = openFlux2(source);
      const tensors: WrittenTensor[] = [...others];
      for (const [n, { stem, rows, columns }] of QUANTISED.entries()) {
        const { entry } = model.weights.find(({ name }) => name === `${stem}.weight`)!;
        const bytes = new Uint8Array(entry.bytes);
        await source.read(entry.name, 0, bytes);
        const values = toFloat32(entry.encoding, bytes);
        if (entry.layer) await layerRows(source, entry.layer, values, columns, 0);
        const merged = merge ? adapterOf(n).merge(Float64Array.from(values), STRENGTH) : values;
        tensors.push(f32(`${stem}.weight`, [rows, columns], Float32Array.from(merged)));
      }
      await source.close();
      await writeSafetensors(fileOf(`${format} ${merge ? "merged" : "decoded"}`), tensors);
    }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const adapterOf = (n: number) => {
  const { stem, rows, columns } = QUANTISED[n]!;
  return makeAdapter(KINDS[n % KINDS.length]!, `diffusion_model.${stem}`, rows, columns, n + 1);
};

interface Drawing {
  readonly device?: string;
  readonly runtime?: Partial<Omit<RuntimeOptions, "backend" | "memory">>;
  readonly quant?: Partial<QuantOptions>;
  readonly lora?: boolean;
}

async function draw(file: string, { device = "cpu", runtime: told, quant, lora }: Drawing): Promise<Float32Array> {
  const runtime = await openRuntime(device, told);
  const loaded = runtime.load(openFlux2(await openWeights(fileOf(file), { ...runtime.quant, ...quant })));
  const model = loaded.model as Flux2Model;
  let adapters: Adapters | undefined;
  if (lora) {
    const tensors = QUANTISED.flatMap((_, n) => adapterOf(n).tensors);
    const opened = runtime.load(await openLora(memorySource("lora", tensors))).model as LoraModel;
    const changed = withLora(runtime, model, flux2Targets(model), undefined, opened, STRENGTH);
    expect(changed.fit.patches.length).toBe(QUANTISED.length);
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

/** Bytes a value of the resident form by default, and with `--fp8 f16`. */
const FORMS: Readonly<Record<Format, readonly [number, number]>> = {
  float8_e4m3fn: [34 / 32, 2],
  float8_e5m2: [34 / 32, 2],
  scaled_fp8: [34 / 32, 2],
  "fp8 unscaled": [34 / 32, 2],
  int8_tensorwise: [34 / 32, 34 / 32],
  int8_rowwise: [34 / 32, 34 / 32],
  int8_convrot: [34 / 32, 34 / 32],
  mxfp8: [34 / 32, 2],
  asym_w4a8_int8: [34 / 32, 34 / 32],
  convrot_w4a4: [18 / 32, 18 / 32],
  nvfp4: [36 / 64, 36 / 64],
  qfloat8_e4m3fn: [34 / 32, 2],
  qint8: [34 / 32, 34 / 32],
  qint4: [20 / 32, 20 / 32],
  qint2: [20 / 32, 20 / 32],
};

describe.each(FORMATS)("%s", (format) => {
  test("the quantiser of the tests is no nonsense, and dimensions are found", async () => {
    const source = await openWeights(fileOf(format));
    expect(openFlux2(source).dims).toMatchObject({
      hidden: H,
      context: 512,
      heads: 4,
      doubleInner: 512,
      singleInner: 512,
    });
    await source.close();
    const error = apart(await draw(`${format} decoded`, {}), await draw("f32", {}));
    expect(error).toBeGreaterThan(1e-4);
    expect(error).toBeLessThan(format === "qint2" ? 1 : 0.3);
  });

  test("bytes of the resident forms", async () => {
    for (const [n, fp8] of (["q8_0", "f16"] as const).entries()) {
      const source = await openWeights(fileOf(format), { fp8, exact: false });
      const entry = openFlux2(source).weights.find(({ name }) => name === "single_blocks.0.linear1.weight")!.entry;
      expect(entry.bytes / (7 * H * H)).toBe(FORMS[format][n]);
      await source.close();
    }
  });

  test("in f32 it is the f32 math over its values; budgets change no bit", async () => {
    const got = await draw(format, {});
    expect(apart(got, await draw(`${format} decoded`, {}))).toBeLessThan(1e-5);
    const whole = norm(got);
    expect(await draw(format, { runtime: { vramWeights: { share: 0.6 } } })).toEqual(got);
    expect(whole).toBeGreaterThan(1);
  });

  test("in its own precision it is as close as ggml's rounding, budgets change no bit", async () => {
    const native = { precision: "native" } as const;
    const got = await draw(format, { runtime: native });
    expect(apart(got, await draw(`${format} decoded`, {}))).toBeLessThan(0.05);
    expect(await draw(format, { runtime: { ...native, vramWeights: { share: 0.6 } } })).toEqual(got);
  });

  test("under LoRAs of every kind it is the f32 math over merged weights", async () => {
    const want = await draw(`${format} merged`, {});
    expect(apart(await draw(format, { lora: true }), want)).toBeLessThan(1e-5);
    expect(apart(await draw(`${format} decoded`, {}), want)).toBeGreaterThan(0.05);
  });
});

test.each(["nvfp4", "qint4", "int8_convrot"] as const)(
  "the reference backend has the same values: %s",
  async (format) => {
    const want = await draw(`${format} decoded`, {});
    expect(apart(await draw(format, { device: "reference", quant: { exact: false } }), want)).toBeLessThan(
      // scales of qint4 are f16 in Q4_1
      format === "qint4" ? 2e-3 : 1e-5,
    );
  },
  120_000,
);

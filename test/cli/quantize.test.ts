import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { QuantizeReport } from "../../src/cli/quantize/report.ts";
import { openGguf } from "../../src/formats/gguf/gguf.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { layerRows } from "../../src/formats/quant/checkpoint/layerRows.ts";
import { readFloat32 } from "../../src/formats/readFloat32.ts";
import { toFloat32 } from "../../src/formats/toFloat32.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import { openTextEncoder } from "../../src/models/text/index.ts";
import { loadTokenizer } from "../../src/models/text/tokenizer.ts";
import { flux2Shapes } from "../support/flux2File.ts";
import { quantise } from "../support/quantise.ts";
import { root } from "./built.ts";
import { weir } from "./harness.ts";

const demo = join(root, "demo/models");
const dit = join(demo, "diffusion_models/weir-demo-dit.safetensors");
const goldens = join(root, "../shared/golden/quant");
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-quantize-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));
const quantize = async (...args: readonly string[]) => {
  const { code, out, err } = await weir(["quantize", ...args], { cwd });
  return { code, out: out.replaceAll(cwd, "CWD"), err: err.replaceAll(cwd, "CWD").replaceAll(root, "ROOT") };
};
const bytesOf = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A matrix of 64 columns with one value of its own. */
async function oneValue(value: number, rows = 4): Promise<string> {
  const path = join(cwd, "in.safetensors");
  const values = Array.from({ length: rows * 64 }, (_, i) => Math.sin(i));
  values[130] = value;
  await writeSafetensors(path, [
    { name: "a.weight", encoding: "F32", shape: [rows * 64], data: bytesOf(values.map(Math.abs)).fill(0) },
    { name: "layers.0.weight", encoding: "F32", shape: [rows, 64], data: bytesOf(values) },
  ]);
  return path;
}

test("the demo's transformer to q4_k: what is encoded, what is kept, and what it costs", async () => {
  const { code, out } = await quantize(dit, "dit.gguf", "--type", "q4_k", "--json", "--threads", "2");
  expect(code).toBe(0);
  const report = JSON.parse(out) as QuantizeReport;
  expect(readdirSync(cwd)).toEqual(["dit.gguf"]);
  const [source, made] = [await openWeights(dit), await openGguf(join(cwd, "dit.gguf"))];
  expect(made.architecture).toBe("flux");
  expect(made.values.get("general.file_type")).toBe(14);
  expect([...made.tensors.keys()]).toEqual([...source.tensors.keys()]);
  const kinds: Record<string, string[]> = {};
  for (const { name, encoding } of made.tensors.values()) (kinds[encoding] ??= []).push(name.replace(/\d+/g, "N"));
  expect(
    Object.fromEntries(Object.entries(kinds).map(([kind, names]) => [kind, [...new Set(names)]])),
  ).toMatchInlineSnapshot(`
    {
      "BF16": [
        "double_stream_modulation_img.lin.weight",
        "double_stream_modulation_txt.lin.weight",
        "final_layer.adaLN_modulation.N.weight",
        "final_layer.linear.weight",
        "img_in.weight",
        "single_stream_modulation.lin.weight",
        "time_in.in_layer.weight",
        "time_in.out_layer.weight",
        "txt_in.weight",
      ],
      "F32": [
        "double_blocks.N.img_attn.norm.key_norm.scale",
        "double_blocks.N.img_attn.norm.query_norm.scale",
        "double_blocks.N.txt_attn.norm.key_norm.scale",
        "double_blocks.N.txt_attn.norm.query_norm.scale",
        "single_blocks.N.norm.key_norm.scale",
        "single_blocks.N.norm.query_norm.scale",
      ],
      "Q4_K": [
        "double_blocks.N.img_attn.proj.weight",
        "double_blocks.N.img_attn.qkv.weight",
        "double_blocks.N.img_mlp.N.weight",
        "double_blocks.N.txt_attn.proj.weight",
        "double_blocks.N.txt_attn.qkv.weight",
        "double_blocks.N.txt_mlp.N.weight",
        "single_blocks.N.linearN.weight",
      ],
    }
  `);
  const errors = report.tensors.map(({ relativeRms }) => relativeRms);
  expect(errors).toEqual([...errors].sort((a, b) => b - a));
  // the report's figures, again, from the files
  for (const { name, relativeRms, largestError } of report.tensors) {
    const [x, y] = [await readFloat32(source, name), await readFloat32(made, name)];
    let [squares, lost, largest] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      squares += x[i]! ** 2;
      lost += (x[i]! - y[i]!) ** 2;
      largest = Math.max(largest, Math.abs(x[i]! - y[i]!));
    }
    expect(relativeRms).toBeCloseTo(Math.sqrt(lost / squares), 9);
    expect(largestError).toBeCloseTo(largest, 9);
  }
  expect(report.relativeRms).toBeLessThan(0.08);
  await source.close();
  await made.close();
});

test("any number of threads makes the same file", async () => {
  const files = [];
  for (const threads of ["1", "3"]) {
    expect((await quantize(dit, `${threads}.gguf`, "--type", "q8_0", "--threads", threads)).code).toBe(0);
    files.push(readFileSync(join(cwd, `${threads}.gguf`)));
  }
  expect(files[0]!.equals(files[1]!)).toBe(true);
});

test("the table for people", async () => {
  const path = await oneValue(0.5, 64);
  expect(await quantize(path, "out.gguf", "--type", "q4_k")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "note: layers.0.weight becomes Q5_0: rows of 64 are no whole blocks of 256
    ",
      "out": "out.gguf: q4_k, 19.5 KB (59% of 32.9 KB), error 3.22% of the weights' RMS
    error, worst first:
      3.22%  Q5_0    layers.0.weight
      1 tensor loses nothing
    ",
    }
  `);
});

test("a text encoder keeps its tokenizer, and opens", async () => {
  const te = join(demo, "text_encoders/weir-demo-te.safetensors");
  expect((await quantize(te, "te.gguf", "--type", "q8_0")).code).toBe(0);
  const ids: number[][] = [];
  for (const path of [te, join(cwd, "te.gguf")]) {
    const source = await openWeights(path);
    ids.push((await loadTokenizer(openTextEncoder(source))).encode("a red circle"));
    await source.close();
  }
  expect(ids[1]).toEqual(ids[0]);
});

describe.skipIf(!existsSync(goldens))("from files that others made", () => {
  test("a GGUF's metadata is carried along, its tensors keep their shapes", async () => {
    const given = await openGguf(join(goldens, "flux2_tiny.gguf"));
    const { code, err } = await quantize(given.path, "out.gguf", "--type", "bf16", "--allow-requantize");
    expect({ code, warned: err.includes("quantised already") }).toEqual({ code: 0, warned: true });
    const made = await openGguf(join(cwd, "out.gguf"));
    const changed = /^general\.(file_type|quantization_version)$|^comfy\.gguf\.orig_shape/;
    for (const [key, value] of Object.entries(given.metadata))
      if (!changed.test(key)) expect(made.metadata[key]).toBe(value);
    for (const [name, { shape }] of given.tensors) expect(made.tensors.get(name)?.shape).toEqual(shape);
    await given.close();
    await made.close();
  });

  const folder = join(goldens, "comfy_quant");
  const cases = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")))
        .filter(({ tensors, params }) => tensors["out.weight"] && typeof params.layer === "string" && params.file)
    : [];
  test.each(cases)("$name: the weights its layer computes with", async ({ name, params, tensors }) => {
    const input = join(goldens, "..", params.file as string);
    expect((await quantize(input, "out.gguf", "--type", "f32", "--allow-requantize")).code).toBe(0);
    const golden = await openWeights(join(folder, `${basename(name as string)}.safetensors`));
    const made = await openWeights(join(cwd, "out.gguf"));
    expect([...made.tensors.keys()].filter((key) => / scale|rotation/.test(key))).toEqual([]);
    const [rows, columns] = tensors["out.weight"][1] as [number, number];
    const wanted = await readFloat32(golden, "out.weight");
    const weight = `${params.layer}.weight`;
    // padded rows and columns stay where no model tells its shape
    const [, stored] = made.tensors.get(weight)!.shape as [number, number];
    const got = await readFloat32(made, weight);
    // there the input's factors are no part of the weight
    const checkpoint = await openWeights(input);
    const factors = params.tensors.pre_quant_scale && (await readFloat32(checkpoint, `${weight} input scale`));
    await checkpoint.close();
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const value = wanted[r * columns + c]! * (factors ? factors[c]! : 1);
        expect(Math.abs(got[r * stored + c]! - value)).toBeLessThan(1e-5 + 1e-5 * Math.abs(value));
      }
    await golden.close();
    await made.close();
  });
});

test.each(["qint4", "nvfp4", "int8_convrot"] as const)(
  "a Flux 2 in %s: the shapes and values of its model",
  async (format) => {
    let seed = 5;
    const next = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647 - 0.5;
    const layers = Object.entries(flux2Shapes({ hidden: 256, double: 0, single: 1, context: 64 })).flatMap(
      ([name, shape]) => {
        const values = Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, next);
        if (/_blocks.*weight$/.test(name))
          return quantise(format, name.replace(/\.weight$/, ""), values, shape[0]!, shape[1]!);
        return [{ name, encoding: "F32" as const, shape, data: new Uint8Array(values.buffer) }];
      },
    );
    await writeSafetensors(join(cwd, "in.safetensors"), layers);
    expect((await quantize("in.safetensors", "o.gguf", "--type", "f32", "--allow-requantize")).code).toBe(0);
    const source = await openWeights(join(cwd, "in.safetensors"), { fp8: "f16", exact: true });
    const made = await openWeights(join(cwd, "o.gguf"));
    const models = [openFlux2(source), openFlux2(made)] as const;
    expect(models[1].dims).toEqual(models[0].dims);
    let compared = 0;
    for (const { name, entry, shape } of models[0].weights) {
      if (!entry.recoded) continue;
      const bytes = new Uint8Array(entry.bytes);
      await source.read(entry.name, 0, bytes);
      const wanted = toFloat32(entry.encoding, bytes);
      await layerRows(source, entry.layer ?? {}, wanted, shape.at(-1)!, 0);
      expect(made.tensors.get(name)?.shape).toEqual(shape);
      expect(
        Buffer.compare(new Uint8Array((await readFloat32(made, name)).buffer), new Uint8Array(wanted.buffer)),
      ).toBe(0);
      compared += 1;
    }
    expect(compared).toBe(2);
    await source.close();
    await made.close();
  },
);

describe("refused", () => {
  test.each([
    ["an unknown type", ["in", "o.gguf", "--type", "q3"]],
    ["--vram without auto", ["in", "o.gguf", "--type", "q4_k", "--vram", "8GB"]],
    ["auto without --vram", ["in", "o.gguf", "--type", "auto"]],
    ["an input that is not there", ["nowhere.safetensors", "o.gguf", "--type", "q4_k"]],
    ["another ending", ["in", "o.safetensors", "--type", "q4_k"]],
    ["a folder that is not there", ["in", "no/o.gguf", "--type", "q4_k"]],
    ["a picture", ["picture", "o.gguf", "--type", "q4_k"]],
    ["auto for what is no model", ["in", "o.gguf", "--type", "auto", "--vram", "8GB"]],
    ["a LoRA", [join(demo, "loras/weir-demo-outline.safetensors"), "o.gguf", "--type", "q4_k"]],
  ])("%s", async (_, argv) => {
    await oneValue(0);
    writeFileSync(join(cwd, "picture"), Buffer.from("89504e470d0a1a0a", "hex"));
    const { code, err } = await quantize(...argv.map((word) => (word === "in" ? "in.safetensors" : word)));
    expect({ code, err }).toMatchSnapshot();
    expect(readdirSync(cwd).sort()).toEqual(["in.safetensors", "picture"]);
  });

  test("the input itself, what is there, and what is quantised", async () => {
    await oneValue(0, 64);
    expect((await quantize("in.safetensors", "q.gguf", "--type", "q8_0")).code).toBe(0);
    const before = readFileSync(join(cwd, "q.gguf"));
    const errors = [];
    for (const argv of [
      ["q.gguf", "q.gguf", "--type", "q4_0", "--overwrite", "--allow-requantize"],
      ["in.safetensors", "q.gguf", "--type", "q4_0"],
      ["q.gguf", "o.gguf", "--type", "q4_0"],
    ])
      errors.push(await quantize(...argv));
    expect(errors).toMatchInlineSnapshot(`
      [
        {
          "code": 2,
          "err": "weir: CWD/q.gguf is the input itself: choose another name for the output
      ",
          "out": "",
        },
        {
          "code": 1,
          "err": "weir: CWD/q.gguf is there already: choose another name, or say --overwrite
      ",
          "out": "",
        },
        {
          "code": 2,
          "err": "weir: q.gguf is quantised already (1 tensors: Q8_0): rounding again adds to what was lost; start from the 16-bit file, or say --allow-requantize
      ",
          "out": "",
        },
      ]
    `);
    expect(readFileSync(join(cwd, "q.gguf")).equals(before)).toBe(true);
    expect((await quantize("in.safetensors", "q.gguf", "--type", "q4_0", "--overwrite")).code).toBe(0);
    expect(readFileSync(join(cwd, "q.gguf")).equals(before)).toBe(false);
  });

  test.each([
    [Number.NaN, "q4_0"],
    [Number.POSITIVE_INFINITY, "f32"],
    [70_000, "f16"],
    [-1e9, "q8_0"],
  ])("the value %d as %s: its tensor and place are named, nothing is left", async (value, type) => {
    await oneValue(value, 64);
    const { code, err } = await quantize("in.safetensors", "o.gguf", "--type", type);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`"layers.0.weight" is (${value}|${Math.fround(value)}) at \\[2, 2\\]`));
    expect(readdirSync(cwd)).toEqual(["in.safetensors"]);
  });
});

test("Ctrl-C leaves nothing", async () => {
  let press = () => {};
  const run = weir(["quantize", dit, "o.gguf", "--type", "q4_k"], { cwd, ready: (way) => (press = way) });
  while (!readdirSync(cwd).some((name) => name.endsWith(".part"))) await new Promise((done) => setTimeout(done, 5));
  press();
  const { code, err } = await run;
  expect({ code, err }).toEqual({ code: 130, err: "weir: interrupted\n" });
  expect(readdirSync(cwd)).toEqual([]);
});

describe("auto", () => {
  test("the largest that stays as a whole, and why", async () => {
    const { code, err, out } = await quantize(dit, "o.gguf", "--type", "auto", "--vram", "8GB", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(out) as QuantizeReport).type).toBe("bf16");
    expect(err).toContain("auto: bf16 it is: the largest that stays in 8.00 GB as a whole (planned for an RTX 4060)");
  });

  test("nothing fits", async () => {
    const { code, err } = await quantize(dit, "o.gguf", "--type", "auto", "--vram", "2MB");
    expect(code).toBe(4);
    expect(err).toMatch(/^weir: no type runs in 2.00 MB:\n {2}bf16: does not run, it takes /);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

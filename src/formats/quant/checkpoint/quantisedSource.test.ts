import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ENCODING_BITS } from "../../encodingBits.ts";
import { CorruptFile, MissingTensor, UnsupportedFormat } from "../../errors.ts";
import { f32ToFp8 } from "../../f32ToFp8.ts";
import { E4M3, E5M2 } from "../../fp8.ts";
import { readFloat32 } from "../../readFloat32.ts";
import type { PlainEncoding, WeightSource } from "../../weightSource.ts";
import { quantisedSource } from "./quantisedSource.ts";
import { DEFAULT_QUANT, type QuantOptions } from "./quantOptions.ts";
import { createRecodePool } from "./recodePool.ts";
import { type RecodeTask, runRecodeTask } from "./recodeTask.ts";

interface Given {
  readonly encoding: PlainEncoding;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A file in memory, and how much was read of it. */
function fileOf(tensors: Readonly<Record<string, Given>>, metadata: Record<string, string> = {}) {
  const read = { bytes: 0, largest: 0 };
  const source: WeightSource = {
    path: "m.safetensors",
    identity: "1",
    fileBytes: 0,
    metadata,
    tensors: new Map(
      Object.entries(tensors).map(([name, { encoding, shape }]) => {
        const bytes = (shape.reduce((n, size) => n * size, 1) * ENCODING_BITS[encoding]) / 8;
        return [name, { name, encoding, shape, offset: 0, bytes }];
      }),
    ),
    async read(name, offset, into) {
      read.bytes += into.length;
      read.largest = Math.max(read.largest, into.length);
      into.set(tensors[name]!.data.subarray(offset, offset + into.length));
    },
    close: async () => {},
  };
  return { source, read };
}

const f32 = (...values: number[]): Given => ({
  encoding: "F32",
  shape: [values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const json = (value: unknown): Given => {
  const data = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  return { encoding: "U8", shape: [data.length], data };
};
const bytes = (encoding: PlainEncoding, shape: readonly number[], make: (i: number) => number): Given => ({
  encoding,
  shape,
  data: Uint8Array.from({ length: (shape.reduce((n, size) => n * size, 1) * ENCODING_BITS[encoding]) / 8 }, (_, i) =>
    make(i),
  ),
});
const mixed = (i: number): number => (Math.imul(i + 1, 0x9e3779b1) >>> 24) & 0xff;
/** Of e4m3, without NaN. */
const finite = (i: number): number => ((mixed(i) & 0x7f) === 0x7f ? 0 : mixed(i));
const open = (tensors: Readonly<Record<string, Given>>, options: Partial<QuantOptions> = {}, metadata = {}) =>
  quantisedSource(fileOf(tensors, metadata).source, { ...DEFAULT_QUANT, ...options });

const fp8 = { "a.weight": bytes("F8_E4M3", [8, 64], finite), "a.weight_scale": f32(0.5) };
const comfy = (format: unknown, more: Record<string, unknown> = {}) => ({ "a.comfy_quant": json({ format, ...more }) });
const int8 = { "a.weight": bytes("I8", [8, 64], mixed), "a.weight_scale": f32(0.5) };

describe("what layers become", () => {
  test("a file without quantised layers is itself", async () => {
    const { source } = fileOf({ w: f32(1, 2) });
    expect(await quantisedSource(source, DEFAULT_QUANT)).toBe(source);
  });

  test("its tensors are one, under the plain name; the scale is a vector of its own", async () => {
    const source = await open({ ...fp8, ...comfy("float8_e4m3fn"), "a.input_scale": f32(1) });
    expect([...source.tensors.values()]).toEqual([
      {
        name: "a.weight scale",
        encoding: "F32",
        shape: [1],
        offset: 0,
        bytes: 4,
      },
      {
        name: "a.weight",
        encoding: "Q8_0",
        shape: [8, 64],
        offset: 0,
        bytes: 8 * 68,
        recoded: { format: "float8_e4m3fn", bytes: 512 },
        layer: { scale: "a.weight scale" },
      },
    ]);
    expect(await readFloat32(source, "a.weight scale")).toEqual(Float32Array.of(0.5));
  });

  test.each([
    [{ fp8: "q8_0" }, "Q8_0"],
    [{ fp8: "f16" }, "F16"],
    [{ exact: true }, "F16"],
  ] as const)("eight-bit floats with %j", async (options, encoding) =>
    expect((await open(fp8, options)).tensors.get("a.weight")!.encoding).toBe(encoding),
  );

  test("rows that are no whole blocks are f16", async () => {
    const odd = { "a.weight": bytes("I8", [8, 40], mixed), "a.weight_scale": f32(1) };
    const source = await open({ ...odd, ...comfy("int8_tensorwise") });
    expect(source.tensors.get("a.weight")!.encoding).toBe("F16");
    expect(await readFloat32(source, "a.weight")).toEqual(
      Float32Array.from(new Int8Array(odd["a.weight"].data.buffer)),
    );
  });

  test.each([
    ["F8_E4M3", E4M3],
    ["F8_E5M2", E5M2],
  ] as const)("%s: every code in f16 is exact, in Q8_0 within half a step", async (encoding, table) => {
    const codes = [...table.keys()].filter((code) => Number.isFinite(table[code]!));
    const data = bytes(encoding, [8, 32], (i) => codes[i % codes.length]!);
    const exact = await readFloat32(await open({ w: data }, { fp8: "f16" }), "w");
    expect(exact).toEqual(Float32Array.from(data.data, (code) => table[code]!));
    const near = await readFloat32(await open({ w: data }), "w");
    for (let block = 0; block < 8; block++) {
      const part = exact.subarray(32 * block, 32 * (block + 1));
      const step = Math.max(...part.map(Math.abs)) / 127;
      // and f16's own rounding of the step
      const most = 0.5 * step + 128 * (step * 2 ** -11 + 2 ** -25);
      for (const [i, value] of part.entries())
        expect(Math.abs(near[32 * block + i]! - value)).toBeLessThanOrEqual(most);
    }
  });

  test("a cast rounds matrices and vectors as torch does, under a path of its own", async () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
    const given = { w: { ...f32(...values), shape: [2, 32] }, v: f32(...values) };
    const source = await open(given, { fp8: "f16", cast: "F8_E5M2" });
    const want = Float32Array.from(f32ToFp8("F8_E5M2", values), (code) => E5M2[code]!);
    expect(await readFloat32(source, "w")).toEqual(want);
    expect(await readFloat32(source, "v")).toEqual(want);
    expect(source.tensors.get("v")!.encoding).toBe("F32");
    expect(source.path).toBe("m.safetensors as F8_E5M2");
  });
});

describe("optimum-quanto's map", () => {
  /** One group: a row of bytes, whether of four bits or of two. */
  const one = {
    "net.a.weight._data._data": bytes("U8", [1, 32], mixed),
    "net.a.weight._scale": f32(1),
    "net.a.weight._shift": f32(0),
  };
  const formatOf = (source: WeightSource) => source.tensors.get("net.a.weight")!.recoded!.format;

  test("in the metadata, with or without the file's prefix, it tells what the tensors do not", async () => {
    for (const layer of ["a", "net.a"])
      for (const weights of ["qint2", "qint4"]) {
        const map = { [layer]: { weights, activations: "qint8" }, b: { weights: "none" } };
        expect(formatOf(await open(one, {}, { quantization_map: JSON.stringify(map) }))).toBe(weights);
      }
  });

  test.each(["quantization_map.json", "quanto_qmap.json"])("beside the file as %s", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "weir-quanto-"));
    try {
      const source = { ...fileOf(one).source, path: join(folder, "m.safetensors") };
      expect(formatOf(await quantisedSource(source, DEFAULT_QUANT))).toBe("qint4");
      writeFileSync(join(folder, name), JSON.stringify({ a: { weights: "qint2" } }));
      expect(formatOf(await quantisedSource(source, DEFAULT_QUANT))).toBe("qint2");
      // another file's
      writeFileSync(join(folder, name), JSON.stringify({ a: { weights: "qint8" }, b: { weights: "qint3" } }));
      expect(formatOf(await quantisedSource(source, DEFAULT_QUANT))).toBe("qint4");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("reading", () => {
  test("several weights that are read at once are recoded at once", async () => {
    const shape = [1024, 2048];
    const given = { v: bytes("F8_E4M3", shape, finite), w: bytes("F8_E4M3", shape, (i) => finite(i + 7)) };
    const plain = createRecodePool(1);
    const begun: string[] = [];
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const pool = {
      ...plain,
      width: 2,
      async run(task: RecodeTask) {
        begun.push(task.spec.stored.data);
        await gate;
        return runRecodeTask(task);
      },
    };
    const source = await quantisedSource(fileOf(given).source, DEFAULT_QUANT, () => pool);
    const into = ["v", "w"].map((name) => new Uint8Array(source.tensors.get(name)!.bytes));
    const read = Promise.all(["v", "w"].map((name, i) => source.read(name, 0, into[i]!)));
    await vi.waitFor(() => expect(begun.toSorted()).toEqual(["v", "v", "w", "w"]), 30_000);
    go();
    await read;
    expect(into[0]).not.toEqual(into[1]);
  }, 60_000);

  test.each(["fp8", "int8"])("any piece of %s is what the whole is there", async (kind) => {
    const source = await open(kind === "fp8" ? fp8 : { ...int8, ...comfy("int8_tensorwise") });
    const whole = new Uint8Array(8 * 68);
    await source.read("a.weight", 0, whole);
    for (const [offset, length] of [
      [0, 1],
      [67, 2],
      [5, 300],
      [68, 68],
      [543, 1],
      [1, 543],
    ] as const) {
      const part = new Uint8Array(length);
      await source.read("a.weight", offset, part);
      expect(part).toEqual(whole.subarray(offset, offset + length));
    }
  });

  test("threads make the same bytes, and read no more than a few pieces at a time", async () => {
    const shape = [4096, 2048];
    const weight = bytes("F8_E4M3", shape, (i) => finite(i % 8191));
    const given = { "a.weight": weight, "a.weight_scale": f32(1) };
    const { source: file, read } = fileOf(given);
    const pool = createRecodePool(2);
    const source = await quantisedSource(file, DEFAULT_QUANT, () => pool);
    const entry = source.tensors.get("a.weight")!;
    const into = new Uint8Array(entry.bytes);
    await source.read("a.weight", 0, into);
    expect(read).toEqual({ bytes: 4096 * 2048, largest: expect.any(Number) });
    expect(read.largest).toBeLessThanOrEqual(1 << 20);
    const rows = await quantisedSource(file, DEFAULT_QUANT);
    for (const row of [0, 481, 482, 4095]) {
      // a row alone is small enough to be made at once
      const one = new Uint8Array(2176);
      await rows.read("a.weight", row * 2176, one);
      expect(into.subarray(row * 2176, (row + 1) * 2176)).toEqual(one);
    }
    await pool.close();
  }, 60_000);

  test("a bad value found by a thread is told with its tensor", async () => {
    const weight = bytes("F8_E4M3", [4096, 256], (i) => (i === 700_000 ? 0x7f : 0));
    const pool = createRecodePool(2);
    const source = await quantisedSource(fileOf({ w: weight }).source, DEFAULT_QUANT, () => pool);
    await expect(source.read("w", 0, new Uint8Array(source.tensors.get("w")!.bytes))).rejects.toThrow(
      new CorruptFile("m.safetensors", "w has a value that is NaN (code 127): get the file again"),
    );
    await pool.close();
  }, 60_000);

  test("a thread that cannot start is an error, not a wait", async () => {
    const pool = createRecodePool(1, new URL("file:///no/such/worker.js"));
    const source = await quantisedSource(
      fileOf({ w: bytes("F8_E4M3", [1024, 256], () => 0) }).source,
      DEFAULT_QUANT,
      () => pool,
    );
    await expect(source.read("w", 0, new Uint8Array(source.tensors.get("w")!.bytes))).rejects.toMatchObject({
      code: "read-failed",
    });
  }, 60_000);
});

describe("bad input", () => {
  test("a format that is not known is named, with those that are", async () => {
    const opened = open({ ...fp8, ...comfy("int3_blockwise") });
    await expect(opened).rejects.toThrow(UnsupportedFormat);
    await expect(opened).rejects.toThrow(
      'm.safetensors: "a" is quantised as "int3_blockwise"; supported are float8_e4m3fn, float8_e5m2, int8_tensorwise, nvfp4, mxfp8, convrot_w4a4, asym_w4a8_int8, optimum-quanto\'s and GGUF\'s',
    );
  });

  const nvfp4 = {
    "a.weight": bytes("U8", [16, 32], mixed),
    "a.weight_scale": bytes("F8_E4M3", [128, 4], () => 56),
    "a.weight_scale_2": f32(1),
    ...comfy("nvfp4"),
  };
  const quanto = { "a.weight._data": bytes("I8", [8, 64], mixed), "a.weight._scale": f32(1) };
  test.each<[string, Record<string, Given>, new (path: string, fact: string) => Error, RegExp]>([
    [
      "no scale",
      { "a.weight": fp8["a.weight"], ...comfy("float8_e4m3fn") },
      MissingTensor,
      /no tensor "a.weight_scale"/,
    ],
    ["no weight", comfy("nvfp4"), MissingTensor, /no tensor "a.weight"/],
    [
      "scales for other rows",
      { ...int8, "a.weight_scale": f32(1, 2, 3), ...comfy("int8_tensorwise") },
      CorruptFile,
      /a.weight_scale is \[3\], expected one value or 8/,
    ],
    [
      "another encoding",
      { ...int8, ...comfy("float8_e4m3fn") },
      CorruptFile,
      /a.weight is I8; float8_e4m3fn has F8_E4M3 or F8_E5M2/,
    ],
    [
      "a description that is no JSON",
      { ...fp8, "a.comfy_quant": json("{") },
      CorruptFile,
      /a.comfy_quant is no JSON object/,
    ],
    [
      "a description of megabytes",
      { ...fp8, "a.comfy_quant": bytes("U8", [1 << 22], () => 32) },
      CorruptFile,
      /4194304 bytes, the limit is 4096/,
    ],
    [
      "groups that do not divide",
      { ...int8, ...comfy("int8_tensorwise", { convrot: true, convrot_groupsize: 256 }) },
      CorruptFile,
      /rows of 64 values, which are no groups of 256/,
    ],
    [
      "groups of an odd size",
      { ...int8, ...comfy("int8_tensorwise", { convrot: true, convrot_groupsize: 7 }) },
      CorruptFile,
      /groups of 7, expected a power of 4/,
    ],
    [
      "too few block scales",
      { ...nvfp4, "a.weight_scale": bytes("F8_E4M3", [16, 4], () => 56) },
      CorruptFile,
      /a.weight_scale has 64 values, nvfp4 of \[16,32\] has 512/,
    ],
    ["quanto without a scale", { "a.weight._data": quanto["a.weight._data"] }, MissingTensor, /"a.weight._scale"/],
    [
      "quanto's scales for other rows",
      { ...quanto, "a.weight._scale": f32(1, 2) },
      CorruptFile,
      /expected one value or 8/,
    ],
    [
      "quanto of another encoding",
      { ...quanto, "a.weight._data": bytes("I16", [8, 64], mixed) },
      UnsupportedFormat,
      /supported are qint8, qint4/,
    ],
    [
      "quanto's bits that do not fit",
      {
        "a.weight._data._data": bytes("U8", [8, 64], mixed),
        "a.weight._scale": f32(1, 2, 3),
        "a.weight._shift": f32(1, 2, 3),
      },
      CorruptFile,
      /no qint4 or qint2/,
    ],
  ])("%s", async (_, tensors, Failure, message) => {
    await expect(open(tensors)).rejects.toThrow(Failure);
    await expect(open(tensors)).rejects.toThrow(message);
  });

  test.each<[unknown, new (path: string, fact: string) => Error, RegExp]>([
    ["{", CorruptFile, /quantization_map is no map of layers/],
    [{ a: 7 }, CorruptFile, /quantization_map is no map of layers/],
    [{ a: { weights: "qint4" } }, CorruptFile, /"a" is qint8, and its map says qint4/],
    [{ a: { weights: "qint3" } }, UnsupportedFormat, /"a" is "qint3"; of optimum-quanto supported are qint8, qint4/],
    [{ b: { weights: "qint8" } }, MissingTensor, /no tensor "b.weight._data", which its map says is qint8/],
  ])("a quanto map %j that does not say what the tensors do", async (map, Failure, message) => {
    const metadata = { quantization_map: typeof map === "string" ? map : JSON.stringify(map) };
    await expect(open(quanto, {}, metadata)).rejects.toThrow(Failure);
    await expect(open(quanto, {}, metadata)).rejects.toThrow(message);
  });

  test("metadata that says nothing of layers", async () =>
    await expect(open(fp8, {}, { _quantization_metadata: "[]" })).rejects.toThrow(
      /_quantization_metadata is no JSON object/,
    ));

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("a scale of %s is told when it is read", async (scale) => {
    const source = await open({ ...fp8, "a.weight_scale": f32(scale) });
    await expect(source.read("a.weight scale", 0, new Uint8Array(4))).rejects.toThrow(
      `m.safetensors: a.weight_scale has a scale that is ${scale}: get the file again`,
    );
  });

  test("a block's scale that is NaN, or below 0", async () => {
    for (const code of [0x7f, 0xc0]) {
      const source = await open({ ...nvfp4, "a.weight_scale": bytes("F8_E4M3", [128, 4], () => code) });
      await expect(readFloat32(source, "a.weight")).rejects.toThrow(
        /a.weight_scale has a scale that is (NaN|-2), expected 0 to 448/,
      );
    }
  });

  test("nothing is read of weights to open a file, and nothing made on a header's word", async () => {
    const huge = { "a.weight": { ...fp8["a.weight"], shape: [1 << 26, 1 << 20] }, "a.weight_scale": f32(1) };
    const { source, read } = fileOf(huge);
    const opened = await quantisedSource(source, DEFAULT_QUANT);
    expect(opened.tensors.get("a.weight")!.shape).toEqual([1 << 26, 1 << 20]);
    expect(read.bytes).toBe(0);
  });
});

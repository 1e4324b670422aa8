import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.ts";
import { openGguf } from "../../src/formats/gguf/gguf.ts";
import { type GgufHeader, parseGgufHeader } from "../../src/formats/gguf/ggufHeader.ts";
import { GGUF_TYPES } from "../../src/formats/gguf/ggufTypes.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { type GgufParts, type GgufTensor, type GgufValue, ggufBytes } from "../support/ggufBytes.ts";

const F32 = 0;
const Q4_0 = 2;
const Q4_K = 12;
const parse = (bytes: Uint8Array): GgufHeader => {
  const header = parseGgufHeader("m.gguf", bytes, bytes.length);
  if (!header) throw new Error("a whole file asks for more");
  return header;
};
const tensor = (name: string, sizes: GgufTensor["sizes"], type: number, bytes: number, offset?: number | bigint) => ({
  name,
  sizes,
  type,
  bytes,
  ...(offset !== undefined && { offset }),
});
const failure = (bytes: Uint8Array): string => {
  try {
    parse(bytes);
  } catch (error) {
    if (error instanceof FormatError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("it was taken");
};

describe("what a header may hold", () => {
  test.each([2, 3] as const)(
    "version %d: shapes turned, offsets from the file's start, in the body's order",
    (version) => {
      const tensors = [tensor("a", [64, 3], Q4_0, 108), tensor("b", [5], F32, 20), tensor("c", [256, 2, 1], Q4_K, 288)];
      const { headerBytes, ...header } = parse(ggufBytes({ version, tensors }));
      const start = Math.ceil(headerBytes / 32) * 32;
      expect(header.version).toBe(version);
      expect([...header.tensors.values()]).toEqual([
        { name: "a", encoding: "Q4_0", shape: [3, 64], offset: start, bytes: 108 },
        { name: "b", encoding: "F32", shape: [5], offset: start + 128, bytes: 20 },
        { name: "c", encoding: "Q4_K", shape: [1, 2, 256], offset: start + 160, bytes: 288 },
      ]);
    },
  );

  test("every kind of value; single ones are text in `metadata` too", () => {
    const values: [string, GgufValue, unknown][] = [
      ["u8", { type: "u8", value: 255 }, 255],
      ["i8", { type: "i8", value: -128 }, -128],
      ["u16", { type: "u16", value: 65535 }, 65535],
      ["i16", { type: "i16", value: -32768 }, -32768],
      ["u32", { type: "u32", value: 4294967295 }, 4294967295],
      ["i32", { type: "i32", value: -2147483648 }, -2147483648],
      ["f32", { type: "f32", value: 0.5 }, 0.5],
      ["f64", { type: "f64", value: 0.1 }, 0.1],
      ["bool", { type: "bool", value: true }, true],
      ["u64", { type: "u64", value: 2n ** 64n - 1n }, 2n ** 64n - 1n],
      ["i64", { type: "i64", value: -(2n ** 63n) }, -(2n ** 63n)],
      ["text", { type: "string", value: "é\0" }, "é\0"],
      ["__proto__", { type: "string", value: "x" }, "x"],
    ];
    const header = parse(ggufBytes({ values: values.map(([key, value]) => [key, value] as const) }));
    expect([...header.values]).toEqual(values.map(([key, , want]) => [key, want]));
    expect(header.metadata["u64"]).toBe("18446744073709551615");
    expect(Object.getPrototypeOf(header.metadata)).toBe(Object.prototype);
  });

  test.each([8, 32, 4096])("an alignment of %d", (alignment) => {
    const values = [["general.alignment", { type: "u32", value: alignment }]] as const;
    const tensors = [tensor("a", [1], F32, 4), tensor("b", [1], F32, 4)];
    const offsets = [...parse(ggufBytes({ values, tensors, alignment })).tensors.values()].map(({ offset }) => offset);
    expect(offsets[0]! % alignment).toBe(0);
    expect(offsets[1]! - offsets[0]!).toBe(alignment);
  });

  test("a shape that a tensor had before it was stored", () => {
    const shape = [2, 3, 1, 4, 8].map((value) => ({ type: "i32" as const, value }));
    const values = [["comfy.gguf.orig_shape.a", { type: "array", value: shape }]] as const;
    const header = parse(ggufBytes({ values, tensors: [tensor("a", [64, 3], Q4_0, 108)] }));
    expect(header.tensors.get("a")!.shape).toEqual([2, 3, 1, 4, 8]);
  });

  test("without padding behind the last tensor, or with it", () => {
    for (const appended of [0, 31 - ((4 - 1) % 32)])
      expect(parse(ggufBytes({ tensors: [tensor("a", [1], F32, 4)], appended })).tensors.size).toBe(1);
  });

  test.each([...GGUF_TYPES])("type %d is %o", (number, { encoding, values, bytes }) => {
    const header = parse(ggufBytes({ tensors: [tensor("a", [2 * values, 3], number, 6 * bytes)] }));
    expect(header.tensors.get("a")).toMatchObject({ encoding, bytes: 6 * bytes });
  });
});

describe("hostile headers", () => {
  const one = (parts: Partial<GgufTensor>): GgufParts => ({
    tensors: [{ name: "a", sizes: [4], type: F32, bytes: 16, ...parts }],
  });
  const value = (type: GgufValue["type"], given: GgufValue["value"], key = "k"): GgufParts => ({
    values: [[key, { type, value: given }]],
  });
  const list = (count: bigint, itemType: number): Uint8Array => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32LE(itemType);
    bytes.writeBigUInt64LE(count, 4);
    return bytes;
  };
  test.each<[string, GgufParts]>([
    ["another magic", { magic: "GGML" }],
    ["version 1", { version: 1 }],
    ["version 4", { version: 4 }],
    ["big-endian", { version: 0x03000000 }],
    ["2^64 tensors", { tensorCount: 2n ** 64n - 1n }],
    ["more tensors than there are", { ...one({}), tensorCount: 3n }],
    ["2^63 values", { valueCount: 2n ** 63n }],
    ["more values than there are", { valueCount: 5n }],
    ["a value of no kind", value(13, new Uint8Array(8))],
    ["a bool of 2", value(7, Uint8Array.of(2))],
    ["a text of 2^60 bytes", value(8, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16))],
    ["a text that is not UTF-8", value(8, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff))],
    ["a list of 2^61 numbers", value(9, list(2n ** 61n, 12))],
    ["a list longer than the file", value(9, list(1000n, 4))],
    ["a list of texts longer than the file", value(9, list(1000n, 8))],
    ["a list of no kind", value(9, list(1n, 99))],
    ["lists in lists in lists", value(9, Buffer.concat(Array.from({ length: 9 }, () => list(1n, 9))))],
    [
      "a key twice",
      {
        values: [
          ["k", { type: "u8", value: 1 }],
          ["k", { type: "u8", value: 1 }],
        ],
      },
    ], // prettier-ignore
    ["an alignment of 0", value("u32", 0, "general.alignment")],
    ["an alignment of 48", value("u32", 48, "general.alignment")],
    ["an alignment of 2^31", value("u32", 2 ** 31, "general.alignment")],
    ["an alignment that is a text", value("string", "32", "general.alignment")],
    ["a tensor twice", { tensors: [tensor("a", [1], F32, 4), tensor("a", [1], F32, 4)] }],
    ["five axes", one({ sizes: [1, 1, 1, 1, 4] })],
    ["2^32 - 1 axes", one({ sizes: [], bytes: 4, type: F32 })],
    ["a size of 2^63", one({ sizes: [2n ** 63n] })],
    ["sizes whose product wraps to 4", one({ sizes: [2n ** 32n, 2n ** 32n, 4n] })],
    ["rows that are no whole blocks", one({ sizes: [33, 2], type: Q4_0, bytes: 36 })],
    ["a type that is not known", one({ type: 999 })],
    ["a type that was removed", one({ type: 4 })],
    ["a type that is not for files", one({ type: 15 })],
    ["an offset that is not aligned", one({ offset: 4 })],
    ["an offset of 2^64 - 32", one({ offset: 2n ** 64n - 32n })],
    ["a tensor beyond the end", one({ sizes: [4000] })],
    ["an overlap", { tensors: [tensor("a", [16], F32, 64), tensor("b", [8], F32, 32, 32)] }],
    ["the same place twice", { tensors: [tensor("a", [8], F32, 32), tensor("b", [8], F32, 32, 0)] }],
    ["a hole", { tensors: [tensor("a", [8], F32, 32), tensor("b", [8], F32, 32, 96)], appended: 64 }],
    ["a hole at the start", { ...one({ offset: 32 }), appended: 32 }],
    ["something appended", { ...one({}), appended: 64 }],
    ["a name with a terminal's escape", one({ name: "\u001b[2J\u009b", type: 999 })],
    [
      "a shape before that does not fit",
      {
        ...one({}),
        values: [["comfy.gguf.orig_shape.a", { type: "array", value: [{ type: "i32", value: 5 }] }]],
      },
    ], // prettier-ignore
    [
      "a shape before that is a text",
      { ...one({}), values: [["comfy.gguf.orig_shape.a", { type: "string", value: "4" }]] },
    ], // prettier-ignore
  ])("%s", (name, parts) => {
    const bytes = ggufBytes(parts);
    if (name === "2^32 - 1 axes") bytes.writeUInt32LE(2 ** 32 - 1, 24 + 9);
    expect(failure(bytes)).toMatchSnapshot();
  });
});

const headers = fc.record({
  version: fc.constantFrom(2, 3),
  alignment: fc.constantFrom(8, 32, 64),
  words: fc.array(fc.string({ unit: "grapheme", maxLength: 8 }), { maxLength: 5 }),
  tensors: fc.uniqueArray(
    fc.record({
      name: fc.string({ unit: "grapheme", maxLength: 12 }),
      type: fc.constantFrom(...GGUF_TYPES.keys()),
      blocks: fc.nat(2),
      outer: fc.array(fc.nat(3), { maxLength: 3 }),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  ),
});
const written = headers.map(({ version, alignment, words, tensors }) => ({
  words,
  bytes: ggufBytes({
    version,
    alignment,
    values: [
      ["general.alignment", { type: "u32", value: alignment }],
      ["words", { type: "array", value: words.map((value) => ({ type: "string" as const, value })) }],
    ],
    tensors: tensors.map(({ name, type, blocks, outer }) => {
      const { values, bytes } = GGUF_TYPES.get(type)!;
      return tensor(
        name,
        [blocks * values, ...outer],
        type,
        outer.reduce((n, size) => n * size, blocks * bytes),
      );
    }),
  }),
  tensors,
}));

test("what was written is read, and a start of it asks for more or says that it is cut", () => {
  fc.assert(
    fc.property(written, fc.double({ min: 0, max: 1, noNaN: true }), ({ bytes, tensors }, share) => {
      const header = parse(bytes);
      expect(new Set(header.tensors.keys())).toEqual(new Set(tensors.map(({ name }) => name)));
      const cut = bytes.subarray(0, Math.floor(share * bytes.length));
      const some = parseGgufHeader("m.gguf", cut, bytes.length);
      if (cut.length >= header.headerBytes) expect(some).toEqual(header);
      else expect(some).toBeNull();
      // as a file of its own
      if (cut.length < header.headerBytes) expect(() => parse(cut)).toThrow(FormatError);
    }),
    { numRuns: 300 },
  );
});

test("whatever bytes change: a typed error, or a table that lies in the file", () => {
  fc.assert(
    fc.property(written, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (file, changes) => {
      const bytes = Buffer.from(file.bytes);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      let header: GgufHeader;
      try {
        header = parse(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        return;
      }
      for (const { offset, bytes: size } of header.tensors.values()) {
        expect(offset).toBeGreaterThanOrEqual(header.headerBytes);
        expect(offset + size).toBeLessThanOrEqual(bytes.length);
      }
    }),
    { numRuns: 2000 },
  );
});

describe("files", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "weir-gguf-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const save = async (name: string, bytes: Uint8Array): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    return file;
  };

  test("a header of several megabytes, its lists and its tensors", async () => {
    const words = Array.from({ length: 60_000 }, (_, i) => `a token with the number ${i}`);
    const value = words.map((word) => ({ type: "string" as const, value: word }));
    const tensors = [tensor("a", [8], F32, 32), tensor("b", [32], Q4_0, 18)];
    const file = await save("large.gguf", ggufBytes({ values: [["words", { type: "array", value }]], tensors }));
    const source = await openGguf(file);
    expect(await source.list("words")).toEqual(words);
    const into = new Uint8Array(4);
    await source.read("b", 2, into);
    expect([...into]).toEqual([3, 4, 5, 6]);
    await expect(source.list("others")).rejects.toMatchObject({ code: "missing-tensor" });
    await writeFile(file, "other");
    await expect(source.list("words")).rejects.toMatchObject({ code: "file-changed" });
    await source.close();
  });

  test("what is no GGUF file says what it is", async () => {
    const png = await save(
      "a.gguf",
      Buffer.from("\x89PNG\r\n\x1a\n and more of it, so that there is enough", "latin1"),
    );
    await expect(openGguf(png)).rejects.toThrow("is a PNG picture, not a GGUF file");
    await expect(openGguf(await save("b.gguf", new Uint8Array()))).rejects.toThrow("is empty, not a GGUF file");
    await expect(openGguf(await save("c.gguf", Buffer.from("GGUF\x03")))).rejects.toThrow(/too short for a GGUF file/);
    await expect(openGguf(folder)).rejects.toThrow("is a folder, not a GGUF file");
  });

  test("a file is opened as what it is, whatever its name", async () => {
    const gguf = await openWeights(await save("x.safetensors", ggufBytes({ tensors: [tensor("g", [1], F32, 4)] })));
    const file = path.join(folder, "y.gguf");
    await writeSafetensors(file, [{ name: "s", encoding: "F32", shape: [1], data: new Uint8Array(4) }]);
    const safetensors = await openWeights(file);
    expect([...gguf.tensors.keys(), ...safetensors.tensors.keys()]).toEqual(["g", "s"]);
    await Promise.all([gguf.close(), safetensors.close()]);
    await expect(openWeights(path.join(folder, "missing"))).rejects.toMatchObject({ code: "cannot-open" });
  });
});

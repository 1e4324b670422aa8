import { describe, expect, test } from "vitest";
import { kernelRows } from "./kernelRows.ts";
import { plainRows } from "./plainRows.ts";
import { recodeRows } from "./recodeRows.ts";
import type { RecodeSpec, Stored, Target } from "./recodeSpec.ts";
import { rowParts } from "./rowParts.ts";

/** Bytes that have no pattern, the same each time. */
const noise = (n: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => Math.imul(Math.imul(i + seed, 0x9e3779b1) ^ (i >>> 3), 0x85ebca6b) >>> 24);
const floats = (n: number, make: (i: number) => number): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: n }, (_, i) => make(i)).buffer);
/** The upper halves of f32. */
const halves = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(Uint16Array.from(new Uint32Array(bytes.buffer), (word) => word >>> 16).buffer);
const masked = (n: number, seed: number, mask: number) => noise(n, seed).map((byte) => byte & mask);

const ROWS = 150;
const COLUMNS = 512;
const N = ROWS * COLUMNS;
/** Of blocks of scales: two rows of tiles. */
const tiles = (group: number, make: (i: number) => number) =>
  Uint8Array.from({ length: (256 * COLUMNS) / group }, (_, i) => make(i));

interface Case {
  readonly stored: Stored;
  readonly to: Target;
  /** By the tensor's name: its bytes. */
  readonly raw: Readonly<Record<string, Uint8Array>>;
  readonly columns?: number;
}

const fp8 = (code: "F8_E4M3" | "F8_E5M2" | "legacy e5m2", mask: number, to: Target, columns = COLUMNS): Case => ({
  stored: { kind: "fp8", code, data: "w" },
  to,
  raw: { w: masked(ROWS * columns, 1, mask) },
  columns,
});
/** Values of every size that an eight-bit float has, and smaller ones; ties among them. */
const wide = floats(
  N,
  (i) => (i % 3 ? 1 : -1) * 2 ** ((i % 23) - 15) * (1 + (noise(1, i)[0]! & 31) / 16 + (i % 7 ? 1e-4 : 0)),
);
const cast = (from: "F32" | "F16" | "BF16", code: "F8_E4M3" | "F8_E5M2", to: Target): Case => ({
  stored: { kind: "cast", from, code, data: "w" },
  to,
  raw: { w: from === "F32" ? wide : from === "BF16" ? halves(wide) : masked(2 * N, 3, 0x57) },
});
const mxfp8 = (to: Target, make: (i: number) => number): Case => ({
  stored: { kind: "mxfp8", data: "w", scales: "s" },
  to,
  raw: { w: masked(N, 4, 0xf7), s: tiles(32, make) },
});
const codebook = (group: number): Case => ({
  stored: { kind: "codebook4", data: "w", scales: "s", codebook: "b", group },
  to: "Q8_0",
  raw: { w: noise(N / 2, 5), s: masked(N / group, 6, 0xf7), b: floats(16, (i) => (i - 7.3) * 1.7) },
});
const affine = (bits: 2 | 4, scaleEncoding: "F32" | "BF16", group: number): Case => {
  const groups = N / group;
  const packed = Math.ceil((groups * bits) / 8);
  const vector = (sign: number) => floats(groups, (i) => sign * (0.01 + 1e-4 * i));
  const as = (bytes: Uint8Array) => (scaleEncoding === "F32" ? bytes : halves(bytes));
  return {
    stored: { kind: "affine", bits, data: "w", scales: "s", shifts: "h", scaleEncoding, group, packed },
    to: "Q4_1",
    raw: { w: noise(packed * group, 7), s: as(vector(1)), h: as(vector(-3)) },
  };
};

const CASES: Readonly<Record<string, Case>> = {
  "e4m3 as Q8_0": fp8("F8_E4M3", 0xf7, "Q8_0"),
  "small e4m3 as Q8_0": fp8("F8_E4M3", 0x8b, "Q8_0"),
  "e5m2 as Q8_0": fp8("F8_E5M2", 0xbf, "Q8_0"),
  "legacy e5m2 as Q8_0": fp8("legacy e5m2", 0xbf, "Q8_0"),
  "e4m3 as F16": fp8("F8_E4M3", 0xf7, "F16"),
  "e5m2 as F16": fp8("F8_E5M2", 0xfb, "F16"),
  "e4m3 as F16, rows that are no blocks": fp8("F8_E4M3", 0xf7, "F16", 37),
  "f32 cast to e4m3": cast("F32", "F8_E4M3", "Q8_0"),
  "f32 cast to e5m2, F16": cast("F32", "F8_E5M2", "F16"),
  "bf16 cast to e4m3": cast("BF16", "F8_E4M3", "Q8_0"),
  "bf16 cast to e5m2": cast("BF16", "F8_E5M2", "Q8_0"),
  "f16 cast to e4m3, F16": cast("F16", "F8_E4M3", "F16"),
  "mxfp8 as Q8_0": mxfp8("Q8_0", (i) => 100 + (i % 41)),
  "mxfp8 as Q8_0, tiny and huge": mxfp8("Q8_0", (i) => (i % 2 ? 20 : 240)),
  "mxfp8 as BF16": mxfp8("BF16", (i) => i % 241),
  int8: { stored: { kind: "int8", data: "w" }, to: "Q8_0", raw: { w: noise(N, 8) } },
  int4: { stored: { kind: "int4", data: "w" }, to: "Q4_0", raw: { w: noise(N / 2, 9) } },
  nvfp4: {
    stored: { kind: "nvfp4", data: "w", scales: "s" },
    to: "NVFP4",
    raw: { w: noise(N / 2, 10), s: tiles(16, (i) => i % 127) },
  },
  "codebook4 in groups of 16": codebook(16),
  "codebook4 in groups of 64": codebook(64),
  qint4: affine(4, "F32", 128),
  qint2: affine(2, "BF16", 32),
};

const specOf = ({ stored, to, columns = COLUMNS }: Case): RecodeSpec => ({
  stored,
  to,
  rows: ROWS,
  columns,
  storedColumns: columns,
});
const partsOf = (given: Case, first: number, count: number): Uint8Array[] =>
  rowParts(specOf(given), first, count).map(({ tensor, offset, bytes }) =>
    given.raw[tensor]!.slice(offset, offset + bytes),
  );
const BYTES = { F32: 4, F16: 2, BF16: 2, Q8_0: 34 / 32, Q4_0: 18 / 32, Q4_1: 20 / 32, NVFP4: 36 / 64 } as const;
const room = ({ to, columns = COLUMNS }: Case, count: number): Uint8Array =>
  new Uint8Array(count * columns * BYTES[to]);

describe("kernels make the bytes of the plain loops", () => {
  test.each(Object.entries(CASES))("%s", (_, given) => {
    // all rows, more than one chunk of them; and some that begin in the midst of a row of tiles
    for (const [first, count] of [
      [0, ROWS],
      [100, 45],
      [ROWS - 1, 1],
    ] as const) {
      const [fast, plain] = [room(given, count), room(given, count)];
      const parts = partsOf(given, first, count);
      expect(kernelRows(specOf(given), parts, first, count, fast)).toBe(true);
      plainRows(specOf(given), parts, first, count, plain);
      expect(Buffer.compare(fast, plain)).toBe(0);
      expect(new Set(plain).size).toBeGreaterThan(count === 1 ? 3 : 10);
    }
  });

  test("padding is cut off", () => {
    const given = CASES["mxfp8 as Q8_0"]!;
    const spec = { ...specOf(given), columns: COLUMNS - 32 };
    const [fast, plain] = [new Uint8Array((ROWS * 480 * 34) / 32), new Uint8Array((ROWS * 480 * 34) / 32)];
    const parts = partsOf(given, 0, ROWS);
    expect(kernelRows(spec, parts, 0, ROWS, fast)).toBe(true);
    plainRows(spec, parts, 0, ROWS, plain);
    expect(Buffer.compare(fast, plain)).toBe(0);
  });

  test("every f32 near the half way between two codes is cast as the plain loop casts it", () => {
    const values = floats(N, (i) => {
      const code = i % 126;
      const [a, b] = [code, code + 1].map((n) => (n & 7 ? 1 + (n & 7) / 8 : 1) * 2 ** ((n >> 3) - 7)) as [
        number,
        number,
      ];
      const near = Float32Array.of((a + b) / 2);
      new Int32Array(near.buffer)[0]! += (i % 3) - 1;
      return near[0]!;
    });
    for (const code of ["F8_E4M3", "F8_E5M2"] as const) {
      const given: Case = { stored: { kind: "cast", from: "F32", code, data: "w" }, to: "F16", raw: { w: values } };
      const [fast, plain] = [room(given, ROWS), room(given, ROWS)];
      expect(kernelRows(specOf(given), [values], 0, ROWS, fast)).toBe(true);
      plainRows(specOf(given), [values], 0, ROWS, plain);
      expect(Buffer.compare(fast, plain)).toBe(0);
    }
  });
});

describe("what kernels leave to the plain loops, which say what is wrong", () => {
  const spoiled = (name: string, tensor: string, at: number, bytes: readonly number[]): Case => {
    const given = CASES[name]!;
    const raw = given.raw[tensor]!.slice();
    raw.set(bytes, at);
    return { ...given, raw: { ...given.raw, [tensor]: raw } };
  };
  const nan = [0, 0, 0xc0, 0x7f];
  test.each<[string, Case, RegExp]>([
    ["a NaN in e4m3", spoiled("e4m3 as Q8_0", "w", 70_000, [0x7f]), /a value that is NaN \(code 127\)/],
    ["a NaN in e4m3, F16", spoiled("e4m3 as F16", "w", 70_001, [0xff]), /a value that is NaN \(code 255\)/],
    ["an infinity in e5m2", spoiled("e5m2 as Q8_0", "w", 70_002, [0x7c]), /a value that is Infinity \(code 124\)/],
    ["a value that a cast has no room for", spoiled("f32 cast to e4m3", "w", 4000, nan), /a value that is NaN/],
    ["mxfp8's scale", spoiled("mxfp8 as Q8_0", "s", 8, [255]), /a scale that is no number/],
    ["nvfp4's scale", spoiled("nvfp4", "s", 8, [0x80]), /a scale that is/],
    ["a codebook's level", spoiled("codebook4 in groups of 16", "b", 0, nan), /a level that is no number/],
    ["a codebook's scale", spoiled("codebook4 in groups of 64", "s", 5, [0xff]), /a scale that is NaN/],
    ["a shift", spoiled("qint4", "h", 4, nan), /a value that is NaN/],
  ])("%s", (_, given, message) => {
    const parts = partsOf(given, 0, ROWS);
    expect(kernelRows(specOf(given), parts, 0, ROWS, room(given, ROWS))).toBe(false);
    expect(() => recodeRows(specOf(given), parts, 0, ROWS, room(given, ROWS))).toThrow(message);
  });
});

import { f32ToFp8 } from "../../f32ToFp8.ts";
import { E4M3, E8M0 } from "../../fp8.ts";
import { f32ToBf16, f32ToF16 } from "../../halfFloat.ts";
import { toFloat32 } from "../../toFloat32.ts";
import { CHUNK, CODES, IN, type Kernels, kernels, OUT, SIDE, ZERO } from "./kernels/kernels.ts";
import { WINDOW } from "./kernels/kernelText.ts";
import { cut } from "./plainRows.ts";
import { type Fp8Code, fp8Tables } from "./recodeFp8.ts";
import { levelOf } from "./recodeInts.ts";
import type { Fp8, RecodeSpec, Target } from "./recodeSpec.ts";
import { TILE_COLUMNS, TILE_ROWS, tileOffset } from "./rowParts.ts";

/** Of mxfp8's: above, values pass f32; at 255 there is none. */
const MOST_EXPONENT = 240;

/**
 * `recodeRows` by the fast loops, the same bytes as `plainRows`. False where there is no such loop for it, or where a value or a scale is odd:
 * `out` then holds nothing of use, and the plain loops know what to do or to say.
 */
export function kernelRows(
  spec: RecodeSpec,
  parts: readonly Uint8Array[],
  first: number,
  count: number,
  out: Uint8Array,
): boolean {
  const own = kernels();
  if (!own) return false;
  const { stored, to, columns, storedColumns } = spec;
  const data = parts[0]!;
  switch (stored.kind) {
    case "fp8":
      return eightBits(own, stored.code, cut(data, columns, storedColumns), to, out);
    case "cast":
      return eightBits(own, stored.code, data, to, out, { from: stored.from });
    case "mxfp8": {
      const exponents = linear(spec, parts[1]!, first, count, 32, MOST_EXPONENT);
      if (!exponents) return false;
      return eightBits(own, "F8_E4M3", cut(data, columns, storedColumns), to, out, { exponents });
    }
    case "nvfp4": {
      if (to !== "NVFP4") return false;
      const scales = linear(spec, parts[1]!, first, count, 16, 0x7e);
      if (!scales) return false;
      const chunks = { values: columns * count, block: 64, size: 36 };
      return go(own, cut(data, columns / 2, storedColumns / 2), out, chunks, (place, blocks, block) => {
        own.bytes().set(scales.subarray(4 * block, 4 * (block + blocks)), SIDE);
        return own.run.nvfp4(place, SIDE, OUT, blocks);
      });
    }
    case "int8":
      if (to !== "Q8_0") return false;
      return go(own, data, out, { values: columns * count, block: 32, size: 34 }, (place, blocks) =>
        own.run.int8(place, OUT, blocks),
      );
    case "int4":
      if (to !== "Q4_0") return false;
      return go(own, data, out, { values: columns * count, block: 32, size: 18 }, (place, blocks) =>
        own.run.int4(place, OUT, blocks),
      );
    case "codebook4": {
      const { group } = stored;
      if (to !== "Q8_0" || group % 16 !== 0) return false;
      const book = parts[2]!;
      const levels = new Float32Array(book.slice().buffer);
      if (!levels.every(Number.isFinite)) return false;
      const scales = parts[1]!;
      for (let i = 0; i < scales.length; i++) if ((scales[i]! & 0x7f) === 0x7f) return false;
      const table = own.table(`levels ${levels.join()}`, () => levelTable(levels));
      return go(own, data, out, { values: columns * count, block: 32, size: 34 }, (place, blocks, block) => {
        const bytes = own.bytes();
        if (group === 16) bytes.set(scales.subarray(2 * block, 2 * (block + blocks)), SIDE);
        else for (let i = 0; i < 2 * blocks; i++) bytes[SIDE + i] = scales[Math.floor((16 * (2 * block + i)) / group)]!;
        return own.run.codebook(place, SIDE, table, OUT, blocks);
      });
    }
    case "affine":
      return to === "Q4_1" && affine(own, spec, parts, first, out);
  }
}

interface Chunks {
  readonly values: number;
  /** Values of a block, and bytes that it becomes. */
  readonly block: number;
  readonly size: number;
}

/** Goes through `data` a chunk at a time, whole blocks each; what lacks in the last one is 0. `work`: where the chunk lies, its blocks, the first. */
function go(
  own: Kernels,
  data: Uint8Array,
  out: Uint8Array,
  { values, block, size }: Chunks,
  work: (place: number, blocks: number, block: number) => number,
): boolean {
  const blocks = Math.ceil(values / block);
  const blockBytes = (data.length / values) * block;
  const atOnce = CHUNK / block;
  for (let at = 0; at < blocks; at += atOnce) {
    const count = Math.min(atOnce, blocks - at);
    const bytes = own.bytes();
    const part = data.subarray(at * blockBytes, (at + count) * blockBytes);
    bytes.set(part, IN);
    if (part.length < count * blockBytes) bytes.fill(0, IN + part.length, IN + count * blockBytes);
    if (work(IN, count, at) !== 0) return false;
    const left = Math.min(count * size, out.length - at * size);
    out.set(own.bytes().subarray(OUT, OUT + left), at * size);
  }
  return true;
}

/** Eight-bit floats, `from` wider ones or with an exponent per 32 of them. */
function eightBits(
  own: Kernels,
  code: Fp8Code,
  data: Uint8Array,
  to: Target,
  out: Uint8Array,
  { from, exponents }: { readonly from?: "F32" | "F16" | "BF16"; readonly exponents?: Uint8Array } = {},
): boolean {
  const { end } = fp8Tables(code);
  const halves = to === "F16" ? !exponents : to === "BF16" && exponents !== undefined;
  if (to !== "Q8_0" && !halves) return false;
  const kind = exponents ? "mxfp8" : code;
  const [tables, windows] = halves
    ? [own.table(`${kind} halves`, () => asBytes(exponents ? mxHalves() : fp8Tables(code).halves)), 0]
    : [
        own.table(`${kind} scales`, () => asBytes(exponents ? mxScales() : fp8Tables(code).scales)),
        own.table(`${code} windows`, () => windowsOf(code)),
      ];
  const cast = from && own.table(`cast ${from === "F16" ? from : "BF16"} ${code}`, () => castTable(from, code as Fp8));
  const width = from === undefined ? 1 : from === "F32" ? 4 : 2;
  const chunks = { values: data.length / width, block: 32, size: halves ? 64 : 34 };
  return go(own, data, out, chunks, (place, blocks, block) => {
    let codes = place;
    if (cast !== undefined) {
      own.run[from === "F32" ? "cast32" : "cast16"](place, cast, CODES, blocks);
      codes = CODES;
    }
    if (exponents) own.bytes().set(exponents.subarray(block, block + blocks), SIDE);
    const [side, step] = exponents ? [SIDE, 1] : [ZERO, 0];
    return halves
      ? own.run.fp8ToHalves(codes, side, step, OUT, blocks, tables, end)
      : own.run.fp8ToQ8(codes, side, step, OUT, blocks, tables, windows, end);
  });
}

/** Scales in cuBLAS' order as one per `group` values, row after row. Undefined where rows are no whole blocks, or a scale is above `most`. */
function linear(
  { columns, storedColumns }: RecodeSpec,
  tiles: Uint8Array,
  first: number,
  count: number,
  group: 16 | 32,
  most: number,
): Uint8Array | undefined {
  if (columns % (group === 16 ? 64 : 32) !== 0) return undefined;
  const [own, stored] = [columns / group, storedColumns / group];
  const scales = new Uint8Array(count * own);
  // of its own: an imported name costs a call in sources that are not built
  const tile = TILE_ROWS * TILE_COLUMNS;
  let largest = 0;
  let to = 0;
  for (let row = 0; row < count; row++) {
    const end = to + own;
    // the next four columns of a row are in the next tile
    for (let from = tileOffset((first % TILE_ROWS) + row, 0, stored); to < end; from += tile)
      for (let i = from; i < from + 4 && to < end; i++) {
        const scale = tiles[i]!;
        if (scale > largest) largest = scale;
        scales[to++] = scale;
      }
  }
  return largest > most ? undefined : scales;
}

/** By the largest magnitude of a block: the bytes of the WINDOW magnitudes up to it. All below are 0, and signs change nothing but signs. */
function windowsOf(code: Fp8Code): Uint8Array {
  const { bytes, end } = fp8Tables(code);
  const windows = new Uint8Array(128 * WINDOW);
  for (let largest = 0; largest < end; largest++)
    for (let magnitude = 0; magnitude <= largest; magnitude++) {
      const byte = bytes[largest * 256 + magnitude]!;
      const place = magnitude - largest + WINDOW - 1;
      if (bytes[largest * 256 + magnitude + 128] !== (-byte & 255) || (place < 0 && byte !== 0))
        throw new Error(`invariant: the window of ${code} at ${largest} does not hold ${magnitude}`);
      if (place >= 0) windows[largest * WINDOW + place] = byte;
    }
  return windows;
}

/** d of a block by its exponent and its largest magnitude. */
function mxScales(): Uint16Array {
  const d = new Float32Array(256 * 128);
  for (let i = 0; i < d.length; i++) d[i] = Math.fround(E8M0[i >> 7]! * E4M3[i & 127]!) / 127;
  return f32ToF16(d);
}

function mxHalves(): Uint16Array {
  const values = new Float32Array(256 * 256);
  for (let i = 0; i < values.length; i++) values[i] = E8M0[i >> 8]! * E4M3[i & 255]!;
  return f32ToBf16(values);
}

function castTable(from: "F32" | "F16" | "BF16", code: Fp8): Uint8Array {
  const patterns = asBytes(Uint16Array.from({ length: 65_536 }, (_, pattern) => pattern));
  // eight bits of an f32's fraction and one for all others decide as all of them do: an eight-bit float has at most three
  return f32ToFp8(code, toFloat32(from === "F16" ? from : "BF16", patterns));
}

/** The signed byte of each level under each scale. */
function levelTable(levels: Float32Array): Uint8Array {
  return Uint8Array.from({ length: 256 * 16 }, (_, i) => {
    const scale = E4M3[i >> 4]!;
    return Number.isNaN(scale) ? 0 : levelOf(levels[i & 15]!, scale);
  });
}

function affine(own: Kernels, spec: RecodeSpec, parts: readonly Uint8Array[], first: number, out: Uint8Array): boolean {
  const { stored, columns } = spec;
  if (stored.kind !== "affine") throw new Error(`invariant: ${stored.kind} is not affine`);
  const { group, packed, bits, scaleEncoding } = stored;
  if (group % 32 !== 0 || group > CHUNK) return false;
  const [d, m] = [parts[0]!, parts[1]!].map((part, i) => {
    const values = toFloat32(scaleEncoding, part);
    return f32ToF16(i === 0 ? values : values.map((value) => -value));
  }) as [Uint16Array, Uint16Array];
  const heads = new Uint32Array(d.length);
  for (let g = 0; g < d.length; g++) {
    // infinite or no number
    if ((d[g]! & 0x7c00) === 0x7c00 || (m[g]! & 0x7c00) === 0x7c00) return false;
    heads[g] = d[g]! | (m[g]! << 16);
  }
  const atOnce = Math.min(Math.floor(CHUNK / group), CHUNK / 8);
  const [per, size] = [group / 32, (group / 32) * 20];
  let row = (first * columns) / group;
  let done = 0;
  for (const codes of parts.slice(2)) {
    const shift = bits * Math.floor(row / packed);
    const groups = codes.length / group;
    for (let at = 0; at < groups; at += atOnce) {
      const count = Math.min(atOnce, groups - at);
      const bytes = own.bytes();
      bytes.set(codes.subarray(at * group, (at + count) * group), IN);
      bytes.set(asBytes(heads.subarray(done, done + count)), SIDE);
      own.run.affine(IN, SIDE, per, shift, 2 ** bits - 1, OUT, count);
      out.set(own.bytes().subarray(OUT, OUT + count * size), done * size);
      done += count;
    }
    row += groups;
  }
  return true;
}

const asBytes = (values: Uint16Array | Uint32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

import { E4M3 } from "../../fp8.ts";
import { BadLayer } from "./badLayer.ts";
import { encodeRows } from "./encodeRows.ts";
import type { Target } from "./recodeSpec.ts";

/** f16's bits of 1. */
const ONE = 0x3c00;

/** Signed bytes as Q8_0 with d = 1, F16 or F32: exact in each. */
export function recodeInt8(codes: Uint8Array, to: Target, out: Uint8Array): void {
  if (to !== "Q8_0") {
    encodeRows(Float32Array.from(new Int8Array(codes.buffer, codes.byteOffset, codes.length)), plain(to), out);
    return;
  }
  for (let from = 0, at = 0; from < codes.length; from += 32, at += 34) {
    out[at] = ONE & 255;
    out[at + 1] = ONE >> 8;
    out.set(codes.subarray(from, from + 32), at + 2);
  }
}

/** Signed nibbles, low one first, as Q4_0 with d = 1, F16 or F32: exact in each. */
export function recodeInt4(codes: Uint8Array, to: Target, out: Uint8Array): void {
  if (to !== "Q4_0") {
    const values = Float32Array.from({ length: 2 * codes.length }, (_, i) => signed(codes[i >> 1]! >> (4 * (i & 1))));
    encodeRows(values, plain(to), out);
    return;
  }
  for (let from = 0, at = 0; from < codes.length; from += 16) {
    out[at++] = ONE & 255;
    out[at++] = ONE >> 8;
    // value j and value j + 16 share a byte; they are stored with 8 added, which turns the sign bit
    for (let j = 0; j < 16; j++) {
      const shift = 4 * (j & 1);
      const low = (codes[from + (j >> 1)]! >> shift) & 15;
      const high = (codes[from + 8 + (j >> 1)]! >> shift) & 15;
      out[at++] = (low | (high << 4)) ^ 0x88;
    }
  }
}

/** round(codebook[code] * scale) as signed bytes, ties to even, cut to their range; then as those. `scales`: e4m3, one per `group` values, row after row. */
export function recodeCodebook(
  tensor: { readonly scales: string; readonly codebook: string },
  [codes, scales, book]: readonly [Uint8Array, Uint8Array, Uint8Array],
  group: number,
  to: Target,
  out: Uint8Array,
): void {
  const levels = new Float32Array(book.slice().buffer);
  if (levels.some((level) => !Number.isFinite(level)))
    throw new BadLayer(tensor.codebook, "has a level that is no number");
  const bytes = new Uint8Array(2 * codes.length);
  for (let i = 0; i < bytes.length; i++) {
    const scale = E4M3[scales[Math.floor(i / group)]!]!;
    if (Number.isNaN(scale)) throw new BadLayer(tensor.scales, "has a scale that is NaN");
    bytes[i] = levelOf(levels[(codes[i >> 1]! >> (4 * (i & 1))) & 15]!, scale);
  }
  recodeInt8(bytes, to, out);
}

/** A level under its group's scale. A scale that was rounded up to its e4m3 may make the largest a little too large for its byte: it is cut. */
export const levelOf = (level: number, scale: number): number =>
  Math.max(-128, Math.min(127, roundHalfEven(Math.fround(level * scale))));

const signed = (nibble: number): number => ((nibble & 15) << 28) >> 28;

/** The encodings whose rounding is in `encodeRows`. */
export function plain(to: Target): "F32" | "F16" | "BF16" | "Q8_0" {
  if (to === "F32" || to === "F16" || to === "BF16" || to === "Q8_0") return to;
  throw new Error(`invariant: a layer is not made into ${to}`);
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

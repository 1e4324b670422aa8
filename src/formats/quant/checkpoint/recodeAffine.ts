import { f32ToF16 } from "../../halfFloat.ts";
import { toFloat32 } from "../../toFloat32.ts";
import { BadLayer } from "./badLayer.ts";
import { encodeRows } from "./encodeRows.ts";
import { plain } from "./recodeInts.ts";
import type { RecodeSpec } from "./recodeSpec.ts";

/**
 * q * scale - shift as Q4_1 (scale and shift rounded to f16: 2^-11 of each), F16 or F32 (exact). Parts: scales, shifts, then codes by the bits
 * that hold them. Source: optimum-quanto 0.2.7, `pack` and `WeightQBitsTensor`.
 */
export function recodeAffine(spec: RecodeSpec, parts: readonly Uint8Array[], first: number, out: Uint8Array): void {
  const { stored, columns, to } = spec;
  if (stored.kind !== "affine") throw new Error(`invariant: ${stored.kind} is not affine`);
  const { group, packed, bits, scaleEncoding } = stored;
  const [scales, shifts] = [toFloat32(scaleEncoding, parts[0]!), toFloat32(scaleEncoding, parts[1]!)];
  for (const [values, tensor] of [
    [scales, stored.scales],
    [shifts, stored.shifts],
  ] as const) {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new BadLayer(tensor, `has a value that is ${values[bad]}`);
  }
  const codes = new Uint8Array(scales.length * group);
  let [done, row] = [0, (first * columns) / group];
  const mask = 2 ** bits - 1;
  for (const part of parts.slice(2)) {
    const shift = bits * Math.floor(row / packed);
    for (const byte of part) codes[done++] = (byte >> shift) & mask;
    row += part.length / group;
  }
  if (to !== "Q4_1") {
    const values = new Float32Array(codes.length);
    for (let i = 0; i < values.length; i++) {
      const g = Math.floor(i / group);
      values[i] = Math.fround(codes[i]! * scales[g]!) - shifts[g]!;
    }
    encodeRows(values, plain(to), out);
    return;
  }
  const [d, m] = [f32ToF16(scales), f32ToF16(shifts.map((value) => -value))];
  for (const [tensor, halves] of [
    [stored.scales, d],
    [stored.shifts, m],
  ] as const)
    if (halves.some((half) => (half & 0x7c00) === 0x7c00)) throw new BadLayer(tensor, "has a value above 65504");
  for (let from = 0, at = 0; from < codes.length; from += 32) {
    const g = Math.floor(from / group);
    for (const half of [d[g]!, m[g]!]) {
      out[at++] = half & 255;
      out[at++] = half >> 8;
    }
    for (let j = from; j < from + 16; j++) out[at++] = codes[j]! | (codes[j + 16]! << 4);
  }
}

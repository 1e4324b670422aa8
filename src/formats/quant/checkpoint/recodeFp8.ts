import { f32ToFp8 } from "../../f32ToFp8.ts";
import { E4M3, E5M2 } from "../../fp8.ts";
import { f32ToF16 } from "../../halfFloat.ts";
import { BadLayer } from "./badLayer.ts";
import { encodeRows } from "./encodeRows.ts";
import type { Fp8, Target } from "./recodeSpec.ts";

/** What is looked up. */
export interface Fp8Tables {
  readonly values: Float32Array;
  /** Magnitudes from here on are NaN or infinite. */
  readonly end: number;
  readonly halves: Uint16Array;
  /** By the largest magnitude of a block: the bits of its d, and the byte of each code. */
  readonly scales: Uint16Array;
  readonly bytes: Uint8Array;
}

export type Fp8Code = Fp8 | "legacy e5m2";

/** The value of each code, and the first magnitude that is none. */
const VALUES: Readonly<Record<Fp8Code, () => readonly [Float32Array, number]>> = {
  F8_E4M3: () => [E4M3, 0x7f],
  F8_E5M2: () => [E5M2, 0x7c],
  "legacy e5m2": () => {
    const cast = f32ToFp8("F8_E4M3", E5M2);
    return [E5M2.map((value, i) => (Math.abs(value) <= 448 ? E4M3[cast[i]!]! : value)), 0x7c];
  },
};

const made = new Map<Fp8Code, Fp8Tables>();
export const fp8Tables = (code: Fp8Code): Fp8Tables => {
  const known = made.get(code) ?? makeTables(...VALUES[code]());
  made.set(code, known);
  return known;
};

/** Magnitudes grow with their codes: a block is one of 127 scales, and a byte of it one of 256 in that scale's row of a table. */
function makeTables(values: Float32Array, end: number): Fp8Tables {
  const scales = new Uint16Array(end);
  const bytes = new Uint8Array(end * 256);
  const block = new Float32Array(32);
  const out = new Uint8Array(34);
  for (let largest = 0; largest < end; largest++) {
    for (let code = 0; code < 256; code += 31) {
      block[0] = values[largest]!;
      for (let i = 0; i < 31; i++) {
        const value = values[(code + i) & 255]!;
        block[i + 1] = Math.abs(value) <= values[largest]! ? value : 0;
      }
      encodeRows(block, "Q8_0", out);
      for (let i = 0; i < 31 && code + i < 256; i++) bytes[largest * 256 + code + i] = out[i + 3]!;
    }
    scales[largest] = out[0]! | (out[1]! << 8);
  }
  return { values, end, halves: f32ToF16(values), scales, bytes };
}

/** Two of them: a loop over one kind of array is several times faster than one over either. */
function lookUp16(codes: Uint8Array, table: Uint16Array): ArrayBuffer {
  const out = new Uint16Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = table[codes[i]!]!;
  return out.buffer;
}

function lookUp32(codes: Uint8Array, table: Float32Array): ArrayBuffer {
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = table[codes[i]!]!;
  return out.buffer;
}

/** Eight-bit floats as Q8_0 (ggml's bytes), F16 (exact) or F32. NaN and infinity are refused. */
export function recodeFp8(tensor: string, code: Fp8Code, codes: Uint8Array, to: Target, out: Uint8Array): void {
  const { values, halves, scales, bytes, end } = fp8Tables(code);
  const bad = (i: number): never => {
    throw new BadLayer(tensor, `has a value that is ${values[codes[i]!]} (code ${codes[i]})`);
  };
  if (to === "Q8_0") {
    for (let from = 0, at = 0; from < codes.length; from += 32) {
      let largest = 0;
      for (let i = from; i < from + 32; i++) {
        const magnitude = codes[i]! & 127;
        if (magnitude > largest) largest = magnitude;
      }
      if (largest >= end) bad(from + codes.subarray(from, from + 32).findIndex((c) => (c & 127) >= end));
      const d = scales[largest]!;
      out[at] = d & 255;
      out[at + 1] = d >> 8;
      at += 2;
      const row = largest << 8;
      for (let i = from; i < from + 32; i++) out[at++] = bytes[row | codes[i]!]!;
    }
    return;
  }
  let largest = 0;
  for (let i = 0; i < codes.length; i++) {
    const magnitude = codes[i]! & 127;
    if (magnitude > largest) largest = magnitude;
  }
  if (largest >= end) bad(codes.findIndex((c) => (c & 127) >= end));
  out.set(new Uint8Array(to === "F16" ? lookUp16(codes, halves) : lookUp32(codes, values)));
}

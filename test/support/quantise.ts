import { f32ToFp8 } from "../../src/formats/f32ToFp8.ts";
import { E2M1, E4M3 } from "../../src/formats/fp8.ts";
import { hadamard } from "../../src/formats/quant/checkpoint/hadamard.ts";
import { tileOffset } from "../../src/formats/quant/checkpoint/rowParts.ts";
import type { PlainEncoding } from "../../src/formats/weightSource.ts";

/** A tensor to be written. */
export interface WrittenTensor {
  readonly name: string;
  readonly encoding: PlainEncoding;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** What files in the wild hold, by the names of ComfyUI's and optimum-quanto's formats. */
export const FORMATS = [
  "float8_e4m3fn",
  "float8_e5m2",
  "scaled_fp8",
  "fp8 unscaled",
  "int8_tensorwise",
  "int8_rowwise",
  "int8_convrot",
  "mxfp8",
  "asym_w4a8_int8",
  "convrot_w4a4",
  "nvfp4",
  "qfloat8_e4m3fn",
  "qint8",
  "qint4",
  "qint2",
] as const;
export type Format = (typeof FORMATS)[number];

/**
 * A matrix [rows, columns] as a file of that format holds it, rounded to nearest: plain loops, apart from the product's own code. `values` are of
 * a layer `stem`. Rows are multiples of 16, columns of 256.
 */
export function quantise(
  format: Format,
  stem: string,
  values: Float32Array,
  rows: number,
  columns: number,
): WrittenTensor[] {
  const weight = `${stem}.weight`;
  const tensor = (
    name: string,
    encoding: PlainEncoding,
    shape: readonly number[],
    data: Uint8Array,
  ): WrittenTensor => ({
    name,
    encoding,
    shape,
    data,
  });
  const f32 = (name: string, shape: readonly number[], ...list: number[]): WrittenTensor =>
    tensor(`${stem}.${name}`, "F32", shape, new Uint8Array(Float32Array.from(list).buffer));
  const comfy = (description: object): WrittenTensor => {
    const data = new TextEncoder().encode(JSON.stringify(description));
    return tensor(`${stem}.comfy_quant`, "U8", [data.length], data);
  };
  const row = (r: number, of = values) => of.subarray(r * columns, (r + 1) * columns);
  const rowScales = (of: Float32Array, levels: number) =>
    Array.from({ length: rows }, (_, r) => largest(row(r, of)) / levels || 1);
  const int8 = (of: Float32Array, scales: readonly number[]) =>
    new Uint8Array(
      Int8Array.from(of, (value, i) =>
        clamp(Math.round(value / scales[scales.length === 1 ? 0 : Math.floor(i / columns)]!), 127),
      ).buffer,
    );
  const fp8 = (encoding: "F8_E4M3" | "F8_E5M2", scales: readonly number[]) =>
    f32ToFp8(
      encoding,
      values.map((value, i) => value / scales[scales.length === 1 ? 0 : Math.floor(i / columns)]!),
      true,
    );
  switch (format) {
    case "float8_e4m3fn":
    case "float8_e5m2":
    case "scaled_fp8": {
      const encoding = format === "float8_e5m2" ? "F8_E5M2" : "F8_E4M3";
      const scale = Math.fround(largest(values) / (encoding === "F8_E4M3" ? 448 : 57344)) || 1;
      const data = tensor(weight, encoding, [rows, columns], fp8(encoding, [scale]));
      if (format === "scaled_fp8") return [data, f32("scale_weight", [], scale)];
      return [data, f32("weight_scale", [], scale), comfy({ format })];
    }
    case "fp8 unscaled":
      return [tensor(weight, "F8_E4M3", [rows, columns], fp8("F8_E4M3", [1]))];
    case "int8_tensorwise": {
      const scale = Math.fround(largest(values) / 127) || 1;
      return [
        tensor(weight, "I8", [rows, columns], int8(values, [scale])),
        f32("weight_scale", [], scale),
        comfy({ format }),
      ];
    }
    case "int8_rowwise": {
      const scales = rowScales(values, 127);
      return [
        tensor(weight, "I8", [rows, columns], int8(values, scales)),
        f32("weight_scale", [rows, 1], ...scales),
        comfy({ format: "int8_tensorwise" }),
      ];
    }
    case "int8_convrot": {
      const turned = turn(values, 64);
      const scales = rowScales(turned, 127);
      return [
        tensor(weight, "I8", [rows, columns], int8(turned, scales)),
        f32("weight_scale", [rows, 1], ...scales),
        comfy({ format: "int8_tensorwise", convrot: true, convrot_groupsize: 64 }),
      ];
    }
    case "convrot_w4a4": {
      const turned = turn(values, 256);
      const scales = rowScales(turned, 7);
      const codes = Array.from(
        turned,
        (value, i) => clamp(Math.round(value / scales[Math.floor(i / columns)]!), 7) & 15,
      );
      return [
        tensor(weight, "I8", [rows, columns / 2], pairs(codes, "low")),
        f32("weight_scale", [rows], ...scales),
        comfy({ format, convrot_groupsize: 256 }),
      ];
    }
    case "asym_w4a8_int8": {
      const turned = turn(values, 256);
      const book = Array.from({ length: 16 }, (_, n) => (n - 7.5) / 7.5);
      const scales = rowScales(turned, 127);
      const levels = turned.map((value, i) => value / scales[Math.floor(i / columns)]!);
      const groups = Float32Array.from({ length: levels.length / 16 }, (_, g) =>
        largest(levels.subarray(16 * g, 16 * g + 16)),
      );
      const rel = f32ToFp8("F8_E4M3", groups, true);
      const codes = Array.from(levels, (level, i) => nearest(book, level / (E4M3[rel[i >> 4]!]! || 1)));
      return [
        tensor(weight, "I8", [rows, columns / 2], pairs(codes, "low")),
        tensor(`${stem}.weight_s_rel`, "F8_E4M3", [rows, columns / 16], rel),
        f32("weight_s_channel", [rows], ...scales),
        f32("weight_codebook", [16], ...book),
        comfy({ format, group_size: 16, convrot_groupsize: 256 }),
      ];
    }
    case "nvfp4": {
      const global = Math.fround(largest(values) / (448 * 6)) || 1;
      const across = columns / 16;
      const scales = new Uint8Array(Math.ceil(rows / 128) * 128 * Math.ceil(across / 4) * 4);
      const codes: number[] = [];
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < across; c++) {
          const group = row(r).subarray(16 * c, 16 * c + 16);
          const [scale] = f32ToFp8("F8_E4M3", Float32Array.of(largest(group) / 6 / global), true);
          scales[tileOffset(r, c, across)] = scale!;
          const step = global * E4M3[scale!]! || 1;
          for (const value of group) codes.push(nearest(E2M1, value / step));
        }
      return [
        tensor(weight, "U8", [rows, columns / 2], pairs(codes, "high")),
        tensor(`${stem}.weight_scale`, "F8_E4M3", [Math.ceil(rows / 128) * 128, Math.ceil(across / 4) * 4], scales),
        f32("weight_scale_2", [], global),
        comfy({ format }),
      ];
    }
    case "mxfp8": {
      const across = columns / 32;
      const scales = new Uint8Array(Math.ceil(rows / 128) * 128 * Math.ceil(across / 4) * 4);
      const scaled = new Float32Array(values.length);
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < across; c++) {
          const group = row(r).subarray(32 * c, 32 * c + 32);
          const exponent = Math.ceil(Math.log2(largest(group) / 448 || 2 ** -100));
          scales[tileOffset(r, c, across)] = exponent + 127;
          scaled.set(
            group.map((value) => value / 2 ** exponent),
            r * columns + 32 * c,
          );
        }
      return [
        tensor(weight, "F8_E4M3", [rows, columns], f32ToFp8("F8_E4M3", scaled, true)),
        tensor(`${stem}.weight_scale`, "U8", [Math.ceil(rows / 128) * 128, Math.ceil(across / 4) * 4], scales),
        comfy({ format }),
      ];
    }
    case "qint8":
    case "qfloat8_e4m3fn": {
      const scales = rowScales(values, format === "qint8" ? 127 : 448);
      const data = format === "qint8" ? int8(values, scales) : fp8("F8_E4M3", scales);
      return [
        tensor(`${weight}._data`, format === "qint8" ? "I8" : "F8_E4M3", [rows, columns], data),
        f32("weight._scale", [rows, 1], ...scales),
      ];
    }
    case "qint4":
    case "qint2": {
      const bits = format === "qint4" ? 4 : 2;
      const groups = values.length / 128;
      const [scales, shifts] = [new Array<number>(groups), new Array<number>(groups)];
      const data = new Uint8Array((values.length * bits) / 8);
      const packed = (groups * bits) / 8;
      for (let g = 0; g < groups; g++) {
        const group = values.subarray(128 * g, 128 * (g + 1));
        const [low, high] = [Math.min(...group), Math.max(...group)];
        scales[g] = Math.fround((high - low) / (2 ** bits - 1)) || 1;
        shifts[g] = Math.fround(-low);
        for (const [i, value] of group.entries()) {
          const code = Math.round((value + shifts[g]!) / scales[g]!);
          data[(g % packed) * 128 + i]! |=
            Math.min(2 ** bits - 1, Math.max(0, code)) << (bits * Math.floor(g / packed));
        }
      }
      return [
        tensor(`${weight}._data._data`, "U8", [packed, 128], data),
        f32("weight._scale", [groups, 1], ...scales),
        f32("weight._shift", [groups, 1], ...shifts),
      ];
    }
  }
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

function nearest(levels: ArrayLike<number>, value: number): number {
  let best = 0;
  for (let n = 1; n < levels.length; n++) if (Math.abs(levels[n]! - value) < Math.abs(levels[best]! - value)) best = n;
  return best;
}

/** Two nibbles a byte: where the first lies. */
function pairs(codes: readonly number[], first: "low" | "high"): Uint8Array {
  const shift = first === "low" ? 0 : 4;
  return Uint8Array.from(
    { length: codes.length / 2 },
    (_, i) => (codes[2 * i]! << shift) | (codes[2 * i + 1]! << (4 - shift)),
  );
}

/** Groups of each row times the Hadamard matrix. */
function turn(values: Float32Array, size: number): Float32Array {
  const matrix = hadamard(size);
  const out = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += size)
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += values[from + i]! * matrix[i * size + j]!;
      out[from + j] = sum;
    }
  return out;
}

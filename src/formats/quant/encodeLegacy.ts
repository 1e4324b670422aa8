import { f32ToF16 } from "../halfFloat.ts";

/**
 * The blocks of 32 values, encoded: bytes equal to gguf-py's own. Each product and sum is rounded to f32 where its are. One block: `x` from
 * `from` on, to `out` at byte `at`. Source: gguf-py 0.19.0, `quants.py`; ggml-quants.c has the same formulas.
 */
export type EncodeBlock = (x: Float32Array, from: number, out: Uint8Array, at: number) => void;

const { fround } = Math;
const N = 32;
const one = new Float32Array(1);
const half = new Uint16Array(1);

export const putF16 = (value: number, out: Uint8Array, at: number): void => {
  one[0] = value;
  f32ToF16(one, half);
  out[at] = half[0]! & 255;
  out[at + 1] = half[0]! >> 8;
};

export const inverse = (d: number): number => (d === 0 ? 0 : fround(1 / d));

/** A block without an offset: the value farthest from 0 becomes -2^(bits - 1), so that its sign is the scale's. */
const symmetric =
  (bits: 4 | 5): EncodeBlock =>
  (x, from, out, at) => {
    let largest = 0;
    let peak = 0;
    for (let i = from; i < from + N; i++) {
      const size = Math.abs(x[i]!);
      if (size > largest) [largest, peak] = [size, x[i]!];
    }
    const middle = 1 << (bits - 1);
    const d = fround(peak / -middle);
    const id = inverse(d);
    putF16(d, out, at);
    put(bits, out, at + 2, (j) => fround(fround(x[from + j]! * id) + (middle + 0.5)));
  };

/** A block from its least value to its largest. */
const offset =
  (bits: 4 | 5): EncodeBlock =>
  (x, from, out, at) => {
    let [low, high] = [x[from]!, x[from]!];
    for (let i = from + 1; i < from + N; i++) {
      if (x[i]! < low) low = x[i]!;
      if (x[i]! > high) high = x[i]!;
    }
    const d = fround(fround(high - low) / ((1 << bits) - 1));
    const id = inverse(d);
    putF16(d, out, at);
    putF16(low, out, at + 2);
    put(bits, out, at + 4, (j) => fround(fround(fround(x[from + j]! - low) * id) + 0.5));
  };

/** Codes cut to whole numbers: the fifth bits of all first, if there are; then value j and j + 16 share a byte, the first in its low half. */
function put(bits: 4 | 5, out: Uint8Array, at: number, code: (j: number) => number): void {
  const most = (1 << bits) - 1;
  const low = at + (bits === 5 ? 4 : 0);
  let fifth = 0;
  for (let j = 0; j < 16; j++) {
    const a = Math.min(most, Math.trunc(code(j)));
    const b = Math.min(most, Math.trunc(code(j + 16)));
    out[low + j] = (a & 15) | ((b & 15) << 4);
    fifth |= ((a >> 4) << j) | ((b >> 4) << (j + 16));
  }
  if (bits === 5) for (let k = 0; k < 4; k++) out[at + k] = (fifth >>> (8 * k)) & 255;
}

export const encodeQ4_0 = symmetric(4);
export const encodeQ5_0 = symmetric(5);
export const encodeQ4_1 = offset(4);
export const encodeQ5_1 = offset(5);

export const encodeQ8_0: EncodeBlock = (x, from, out, at) => {
  let largest = 0;
  for (let i = from; i < from + N; i++) largest = Math.max(largest, Math.abs(x[i]!));
  const d = fround(largest / 127);
  const id = inverse(d);
  putF16(d, out, at);
  for (let j = 0; j < N; j++) out[at + 2 + j] = awayFromZero(fround(x[from + j]! * id));
};

/** Half away from zero, as C's roundf. */
export const awayFromZero = (x: number): number => (x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5));

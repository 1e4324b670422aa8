import { DTYPES, type DType, elements, type Shape } from "../../src/tensor/index.ts";

/** Numbers in [0, 1), the same on every run. Source: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An operand's bytes and, exactly, the numbers they stand for: made together, so that no decoder under test is trusted. */
export interface Values {
  readonly shape: Shape;
  readonly bytes: Uint8Array;
  readonly numbers: Float64Array;
}

/** A binary16 by its fields, and its number. */
function half(next: () => number, sign = next() < 0.5 ? 1 : 0): [number, number] {
  const exponent = Math.floor(next() * 6) - 6;
  const fraction = Math.floor(next() * 1024);
  return [(sign << 15) | ((exponent + 15) << 10) | fraction, (sign ? -1 : 1) * (1 + fraction / 1024) * 2 ** exponent];
}

/** Random values between -1 and 1 in any float encoding. */
export function randomValues(dtype: DType, shape: Shape, seed: number): Values {
  const next = random(seed);
  const count = elements(shape);
  const numbers = new Float64Array(count);
  if (dtype === "f32" || dtype === "bf16") {
    const floats = Float32Array.from({ length: count }, () => next() * 2 - 1);
    const words = new Uint32Array(floats.buffer);
    if (dtype === "bf16") for (const [i, word] of words.entries()) words[i] = word & 0xffff0000;
    numbers.set(floats);
    const bytes = dtype === "f32" ? floats : Uint16Array.from(words, (word) => word >>> 16);
    return { shape, bytes: new Uint8Array(bytes.buffer), numbers };
  }
  if (dtype === "f16") {
    const bits = numbers.map((_, i) => {
      const [word, value] = half(next);
      numbers[i] = value;
      return word;
    });
    return { shape, bytes: new Uint8Array(Uint16Array.from(bits).buffer), numbers };
  }
  if (dtype === "i32") throw new Error("indices are given, not drawn");
  const { block, bytes: size } = DTYPES[dtype];
  const bytes = new Uint8Array((count / block) * size);
  for (let from = 0, b = 0; from < count; from += block, b += size) {
    const [word, drawn] = half(next, 0);
    // A scale that keeps the largest value near 1: its exponent is lowered by that of the largest integer.
    const shift = dtype === "q8_0" ? 7 : 3;
    bytes.set([(word - (shift << 10)) & 255, (word - (shift << 10)) >> 8], b);
    const scale = drawn / 2 ** shift;
    for (let i = 0; i < block; i++) {
      if (dtype === "q8_0") {
        const q = Math.floor(next() * 255) - 127;
        bytes[b + 2 + i] = q;
        numbers[from + i] = scale * q;
      } else {
        const q = Math.floor(next() * 16);
        bytes[b + 2 + (i % 16)]! |= i < 16 ? q : q << 4;
        numbers[from + i] = scale * (q - 8);
      }
    }
  }
  return { shape, bytes, numbers };
}

/** Row indices. */
export const indices = (rows: readonly number[]): Values => ({
  shape: [rows.length],
  bytes: new Uint8Array(Int32Array.from(rows).buffer),
  numbers: Float64Array.from(rows),
});

/** An f16 mask [rows, columns]: 0 where `visible`, else -Infinity. */
export function maskOf(rows: number, columns: number, visible: (row: number, column: number) => boolean): Values {
  const numbers = Float64Array.from({ length: rows * columns }, (_, i) =>
    visible(Math.floor(i / columns), i % columns) ? 0 : Number.NEGATIVE_INFINITY,
  );
  const bits = Uint16Array.from(numbers, (n) => (n === 0 ? 0 : 0xfc00));
  return { shape: [rows, columns], bytes: new Uint8Array(bits.buffer), numbers };
}

import { awayFromZero, type EncodeBlock, inverse, putF16 } from "./encodeLegacy.ts";

const { fround } = Math;
const N = 256;
const digits = new Uint8Array(N);

/** Each value as -1, 0 or 1 of the block's largest, plus 1. Returns the scale. */
function ternary(x: Float32Array, from: number): number {
  let d = 0;
  for (let i = from; i < from + N; i++) d = Math.max(d, Math.abs(x[i]!));
  const id = inverse(d);
  for (let j = 0; j < N; j++) digits[j] = awayFromZero(fround(x[from + j]! * id)) + 1;
  return d;
}

/** Five to a byte as a fraction of 243ths, four in the last bytes; the layout is the decoder's. Source: gguf-py 0.19.0, `quants.py`. */
export const encodeTQ1_0: EncodeBlock = (x, from, out, at) => {
  putF16(ternary(x, from), out, at + 52);
  for (const { first, to, count, length } of [
    { first: 0, to: 0, count: 32, length: 5 },
    { first: 160, to: 32, count: 16, length: 5 },
    { first: 240, to: 48, count: 4, length: 4 },
  ])
    for (let m = 0; m < count; m++) {
      let q = 0;
      for (let n = 0; n < 5; n++) q = 3 * q + (n < length ? digits[first + n * count + m]! : 0);
      out[at + to + m] = Math.floor((q * 256 + 242) / 243);
    }
};

/** Two bits each, four to a byte, 32 values apart. Source: gguf-py 0.19.0, `quants.py`. */
export const encodeTQ2_0: EncodeBlock = (x, from, out, at) => {
  putF16(ternary(x, from), out, at + 64);
  for (let j = 0; j < 64; j++) {
    let q = 0;
    for (let l = 0; l < 4; l++) q |= digits[(j >> 5) * 128 + l * 32 + (j & 31)]! << (2 * l);
    out[at + j] = q;
  }
};

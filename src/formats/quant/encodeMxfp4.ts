import { E2M1 } from "../fp8.ts";
import type { EncodeBlock } from "./encodeLegacy.ts";

const { fround } = Math;
const N = 32;
/** Twice each value, as whole numbers. */
const DOUBLED = Float32Array.from({ length: 16 }, (_, code) => 2 * E2M1[code]!);

/**
 * A byte of scale, 2^(e - 127) with e so that the largest value lies in e2m1's last octave, then the nearest code of each value; of two that are
 * equally near the one that comes first. Source: gguf-py 0.19.0, `quants.py`.
 */
export const encodeMxfp4: EncodeBlock = (x, from, out, at) => {
  let largest = 0;
  for (let i = from; i < from + N; i++) largest = Math.max(largest, Math.abs(x[i]!));
  // the logarithm is rounded to f32 before it is cut, as there
  const e = largest > 0 ? Math.max(0, Math.floor(fround(Math.log2(largest))) - 2 + 127) : 0;
  const half = 2 ** (e - 128);
  out[at] = e;
  for (let j = 0; j < 16; j++) out[at + 1 + j] = nearest(x[from + j]!, half) | (nearest(x[from + j + 16]!, half) << 4);
};

/** Codes of a sign lie in order, so the first that is no nearer ends the search; code 0 stands for both zeros. */
function nearest(value: number, half: number): number {
  const start = value < 0 ? 8 : 0;
  let best = 0;
  let least = Math.abs(value);
  for (let code = start + 1; code < start + 8; code++) {
    const error = Math.abs(fround(half * DOUBLED[code]! - value));
    if (error >= least) break;
    [least, best] = [error, code];
  }
  return best;
}

import { expect, test } from "vitest";
import { decodeBlocks } from "../formats/quant/decodeBlocks.ts";
import type { BlockEncoding } from "../formats/weightSource.ts";
import { DTYPES } from "../tensor/dtype.ts";
import { openQuantizer, SEARCHED } from "./openQuantizer.ts";

/** Four blocks of a bell curve, about. */
const N = 4 * 256;
const x = Float32Array.from({ length: N }, (_, i) => Math.sin(i) + Math.sin(1.7 * i) + Math.sin(2.9 * i));
const quantize = openQuantizer();
/** Relative RMS error of such values. Half a step of so many codes over some three deviations. */
const BOUND = { q2_k: 0.4, q3_k: 0.2, q4_k: 0.1, q5_k: 0.05, q6_k: 0.025, iq4_nl: 0.11, iq4_xs: 0.11 } as const;

test.each(SEARCHED)("%s: values come back, and any cut gives the same bytes", (encoding) => {
  const { block, bytes } = DTYPES[encoding];
  const whole = new Uint8Array((N / block) * bytes);
  quantize(encoding, x, whole);
  const back = decodeBlocks(encoding.toUpperCase() as BlockEncoding, whole);
  const rms = Math.sqrt(x.reduce((sum, v, i) => sum + (back[i]! - v) ** 2, 0) / x.reduce((sum, v) => sum + v * v, 0));
  expect(rms).toBeGreaterThan(0);
  expect(rms).toBeLessThan(BOUND[encoding]);
  const half = new Uint8Array(whole.length / 2);
  quantize(encoding, x.subarray(N / 2), half);
  expect(Buffer.compare(half, whole.subarray(whole.length / 2))).toBe(0);
});

test("half a block is a mistake of ours, not a native crash", () => {
  expect(() => quantize("q4_k", x.subarray(0, 128), new Uint8Array(144))).toThrow(/invariant/);
});

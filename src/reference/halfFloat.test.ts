import { expect, test } from "vitest";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./halfFloat.ts";

test("binary16, known values", () => {
  expect([0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8001, 0x7c00, 0xfc00, 0x3555].map(decodeF16)).toEqual([
    1,
    -2,
    65504,
    2 ** -14,
    1023 * 2 ** -24,
    2 ** -24,
    -(2 ** -24),
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0.333251953125,
  ]);
  expect(decodeF16(0x7e00)).toBeNaN();
});

test("every binary16 and bfloat16 survives", () => {
  const changed: number[] = [];
  for (let half = 0; half < 65536; half++) {
    const [f16, bf16] = [decodeF16(half), decodeBf16(half)];
    if (!Number.isNaN(f16) && encodeF16(f16) !== half) changed.push(half);
    if (!Number.isNaN(bf16) && encodeBf16(bf16) !== half) changed.push(half);
  }
  expect(changed).toEqual([]);
  expect(decodeF16(encodeF16(Number.NaN))).toBeNaN();
  expect(decodeBf16(encodeBf16(Number.NaN))).toBeNaN();
});

test("halves round to the nearest, ties to even", () => {
  for (const [low, high] of [
    [0x3c00, 0x3c01],
    [0x3bff, 0x3c00],
    [0x0001, 0x0002],
    [0x03ff, 0x0400],
    [0x0000, 0x0001],
  ] as const) {
    const [a, b] = [decodeF16(low), decodeF16(high)];
    const middle = (a + b) / 2;
    expect(encodeF16(middle)).toBe(low % 2 === 0 ? low : high);
    expect(encodeF16(middle * (1 - 2 ** -20))).toBe(low);
    expect(encodeF16(middle * (1 + 2 ** -20))).toBe(high);
  }
  expect(encodeF16(65519)).toBe(0x7bff);
  expect(encodeF16(65520)).toBe(0x7c00);
  expect(encodeBf16(1 + 2 ** -8)).toBe(0x3f80);
  expect(encodeBf16(1 + 3 * 2 ** -8)).toBe(0x3f82);
  expect(encodeBf16(3.4e38)).toBe(0x7f80);
});

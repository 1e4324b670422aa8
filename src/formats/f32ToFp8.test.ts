import { expect, test } from "vitest";
import { f32ToFp8 } from "./f32ToFp8.ts";
import { E4M3, E5M2 } from "./fp8.ts";

test.each([
  ["F8_E4M3", E4M3],
  ["F8_E5M2", E5M2],
] as const)("%s: every code comes back, and the middle of two takes the even one", (encoding, table) => {
  const codes = f32ToFp8(encoding, table);
  for (let code = 0; code < 256; code++)
    if (Number.isNaN(table[code]!)) expect(table[codes[code]!]).toBeNaN();
    else expect(codes[code]).toBe(code);
  for (let code = 0; Number.isFinite(table[code + 1]!); code++) {
    const middle = (table[code]! + table[code + 1]!) / 2;
    expect(f32ToFp8(encoding, Float32Array.of(middle))[0], `${middle}`).toBe(code % 2 ? code + 1 : code);
  }
});

test.each([
  ["F8_E4M3", 464, 0x7e, 464.1, 0x7f, 0x7e],
  ["F8_E5M2", 61439, 0x7b, 61440, 0x7c, 0x7b],
] as const)("%s: the end of the range", (encoding, last, lastCode, beyond, overflow, saturated) => {
  const values = Float32Array.of(last, beyond, 1e30, Number.POSITIVE_INFINITY, -beyond, Number.NEGATIVE_INFINITY);
  expect([...f32ToFp8(encoding, values)]).toEqual([
    lastCode,
    overflow,
    overflow,
    overflow,
    overflow | 0x80,
    overflow | 0x80,
  ]);
  expect([...f32ToFp8(encoding, values, true)]).toEqual([
    saturated,
    saturated,
    saturated,
    saturated,
    saturated | 0x80,
    saturated | 0x80,
  ]);
});

import { expect, test } from "vitest";
import { hlgToLinear, linearLight, srgbToLinear } from "./linearLight.ts";

test("sRGB: the standard's ends and its middle grey; both pieces meet", () => {
  expect(srgbToLinear(0)).toBe(0);
  expect(srgbToLinear(1)).toBeCloseTo(1, 12);
  // IEC 61966-2-1: 8-bit 118 is 18.1 % grey, 188 about half
  expect(srgbToLinear(118 / 255)).toBeCloseTo(0.18116, 5);
  expect(srgbToLinear(188 / 255)).toBeCloseTo(0.50289, 5);
  expect(srgbToLinear(0.04045)).toBeCloseTo(srgbToLinear(0.0404501), 6);
  expect(srgbToLinear(-0.1)).toBeCloseTo(-0.1 / 12.92, 12);
});

test("HLG: BT.2100 puts half the signal at 1/12 of the light, and its reference white of 75 % at 26.5 %", () => {
  expect(hlgToLinear(0.5)).toBeCloseTo(1 / 12, 12);
  expect(hlgToLinear(0.5 + 1e-9)).toBeCloseTo(1 / 12, 7);
  expect(hlgToLinear(0.75)).toBeCloseTo(0.26496, 5);
  expect(hlgToLinear(1)).toBeCloseTo(1, 6);
});

test("alpha stays; what is linear stays", () => {
  const values = Float32Array.of(1, 0, 0.5, 0.5);
  expect(linearLight(values, 4, "sRGB")[3]).toBe(0.5);
  expect(linearLight(values, 4, "sRGB")[2]).toBeCloseTo(0.21404, 5);
  expect([...linearLight(values, 4, "linear")]).toEqual([...values]);
  expect(linearLight(values, 1, "HDR")[3]).toBeCloseTo(1 / 12, 7);
});

import { expect, test } from "vitest";
import { BLEND_MODES, blend } from "./blend.ts";

const one = (mode: string, below: number, above: number, share = 1) =>
  blend(Float32Array.of(below), Float32Array.of(above), mode, share)[0];

test.each([
  ["normal", 0.25, 0.75, 0.75],
  ["multiply", 0.5, 0.5, 0.25],
  ["screen", 0.5, 0.5, 0.75],
  ["overlay", 0.25, 0.5, 0.25],
  ["overlay", 0.75, 0.5, 0.75],
  ["soft_light", 0.25, 0.5, 0.25],
  ["soft_light", 0.25, 0, 0.0625],
  ["soft_light", 0.25, 1, 0.5],
  ["soft_light", 0.81, 1, 0.9],
  ["difference", 0.75, 0.25, 0.5],
  // not the absolute difference: what falls below 0 is cut
  ["difference", 0.25, 0.75, 0],
])("%s of %d and %d", (mode, below, above, want) => expect(one(mode, below, above)).toBeCloseTo(want, 6));

test.each(Object.keys(BLEND_MODES))("%s: none of it is what was below, half of it lies between", (mode) => {
  expect(one(mode, 0.6, 0.3, 0)).toBeCloseTo(0.6, 6);
  expect(one(mode, 0.6, 0.3, 0.5)).toBeCloseTo((0.6 + one(mode, 0.6, 0.3)!) / 2, 6);
});

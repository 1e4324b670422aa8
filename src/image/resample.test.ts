import { describe, expect, test } from "vitest";
import { resample } from "./resample.ts";
import { scaleGrid } from "./scaleGrid.ts";
import { gridOf, rowsOf } from "./testing/pictures.ts";

const ramp = gridOf([[0, 1, 2, 3]]);

test.each([
  ["nearest-exact", 8, [0, 0, 1, 1, 2, 2, 3, 3]],
  ["nearest-exact", 2, [1, 3]],
  ["bilinear", 8, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]],
  // shrinking skips what lies between: nothing is averaged
  ["bilinear", 2, [0.5, 2.5]],
  ["area", 2, [0.5, 2.5]],
  ["area", 3, [0.5, 1.5, 2.5]],
  ["bicubic", 2, [0.40625, 2.59375]],
] as const)("%s to %i", (method, width, want) => expect(rowsOf(resample(ramp, width, 1, method))[0]).toEqual(want));

describe.each(["nearest-exact", "bilinear", "area", "bicubic"] as const)("%s", (method) => {
  test("a flat picture stays flat; both axes alike; the same size is the same grid", () => {
    const flat = { outer: 2, height: 3, width: 5, inner: 2, data: new Float32Array(60).fill(0.3) };
    const made = resample(flat, 7, 2, method);
    expect(made).toMatchObject({ outer: 2, height: 2, width: 7, inner: 2 });
    for (const value of made.data) expect(value).toBeCloseTo(0.3, 6);
    const column = gridOf([[0], [1], [2], [3]]);
    expect(resample(column, 1, 7, method).data).toEqual(resample(ramp, 7, 1, method).data);
    expect(resample(flat, 5, 3, method)).toBe(flat);
  });
});

test("cut to the new proportions around the middle first", () => {
  const wide = gridOf([[0, 1, 2, 3, 4, 5]]);
  expect(rowsOf(scaleGrid(wide, 2, 1, "nearest-exact", "center"))).toEqual([[2, 3]]);
  expect(rowsOf(scaleGrid(wide, 2, 1, "nearest-exact"))).toEqual([[1, 4]]);
});

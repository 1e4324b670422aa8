import { expect, test } from "vitest";
import { growMask } from "./growMask.ts";
import { maskOf, rowsOf } from "./testing/pictures.ts";

const dot = maskOf([
  [0, 0, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 0],
]);

test("a cell a round: tapered to four neighbours, else to all eight", () => {
  expect(rowsOf(growMask(dot, 1, true))).toEqual([
    [0, 0, 1, 0],
    [0, 1, 1, 1],
    [0, 0, 1, 0],
  ]);
  expect(rowsOf(growMask(dot, 1, false))).toEqual([
    [0, 1, 1, 1],
    [0, 1, 1, 1],
    [0, 1, 1, 1],
  ]);
});

test("below 0 it shrinks, and what grew past the border does not come back from outside", () => {
  expect(growMask(growMask(dot, 1, false), -1, false).data).toEqual(
    maskOf([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]).data,
  );
  expect(growMask(dot, -1, true).data).toEqual(new Float32Array(12));
});

test("values between stay values, masks of a batch apart, and 0 changes nothing", () => {
  const two = maskOf([[0.25, 0, 0]], [[0, 0, 0]]);
  expect(rowsOf(growMask(two, 1, true))).toEqual([
    [0.25, 0.25, 0],
    [0, 0, 0],
  ]);
  expect(growMask(two, 0, true).data).toBe(two.data);
  expect(rowsOf(growMask(two, 16384, true))).toEqual([
    [0.25, 0.25, 0.25],
    [0, 0, 0],
  ]);
});

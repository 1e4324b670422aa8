import { expect, test } from "vitest";
import { paste } from "./paste.ts";
import { gridOf, rowsOf } from "./testing/pictures.ts";

const target = gridOf([
  [0, 0, 0],
  [0, 0, 0],
]);
const source = gridOf([
  [1, 2],
  [3, 4],
]);

test.each([
  [
    1,
    0,
    [
      [0, 1, 2],
      [0, 3, 4],
    ],
  ],
  [
    2,
    1,
    [
      [0, 0, 0],
      [0, 0, 1],
    ],
  ],
  [
    -1,
    -1,
    [
      [4, 0, 0],
      [0, 0, 0],
    ],
  ],
  [
    5,
    5,
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ],
])("at (%i, %i), what sticks out is cut", (x, y, want) => {
  expect(rowsOf(paste(target, source, x, y))).toEqual(want);
  expect(target.data).toEqual(new Float32Array(6));
});

test("between 0 and 1 both are mixed", () => {
  const below = gridOf([
    [8, 8],
    [8, 8],
  ]);
  expect(rowsOf(paste(below, source, 0, 0, Float32Array.of(0, 1, 0.5, 0.25)))).toEqual([
    [8, 2],
    [5.5, 7],
  ]);
});

import { expect, test } from "vitest";
import { gridOf, rowsOf } from "./testing/pictures.ts";
import { flipColumns, flipRows, ROTATIONS, rotate } from "./turn.ts";

const grid = gridOf([
  [1, 2, 3],
  [4, 5, 6],
]);

test("upside down, left to right", () => {
  expect(rowsOf(flipRows(grid))).toEqual([
    [4, 5, 6],
    [1, 2, 3],
  ]);
  expect(rowsOf(flipColumns(grid))).toEqual([
    [3, 2, 1],
    [6, 5, 4],
  ]);
});

test("clockwise", () => {
  expect(ROTATIONS.map((rotation) => rowsOf(rotate(grid, rotation)))).toEqual([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [4, 1],
      [5, 2],
      [6, 3],
    ],
    [
      [6, 5, 4],
      [3, 2, 1],
    ],
    [
      [3, 6],
      [2, 5],
      [1, 4],
    ],
  ]);
});

test("a pixel's channels stay together, pictures of a batch apart", () => {
  const two = { outer: 2, height: 1, width: 2, inner: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  expect([...flipColumns(two).data]).toEqual([3, 4, 1, 2, 7, 8, 5, 6]);
  expect(rotate(two, "90 degrees")).toMatchObject({ height: 2, width: 1, data: two.data });
});

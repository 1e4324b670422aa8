import { expect, test } from "vitest";
import { solveLinear } from "./solveLinear.ts";

test("solves, with rows in any order", () => {
  expect(
    solveLinear(
      [
        [0, 2],
        [3, 1],
      ],
      [4, 5],
    ),
  ).toEqual([1, 2]);
  expect(solveLinear([[2]], [3])).toEqual([1.5]);
});

test("a system without one solution is an error", () => {
  expect(() =>
    solveLinear(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 2],
    ),
  ).toThrow(RangeError);
});

import { expect, test } from "vitest";
import { blur } from "./blur.ts";
import { gridOf, rowsOf } from "./testing/pictures.ts";

test("a point becomes the kernel on both axes, and nothing is lost inside", () => {
  const rows = Array.from({ length: 7 }, (_, y) => Array.from({ length: 7 }, (_, x) => (x === 3 && y === 3 ? 1 : 0)));
  const made = blur(gridOf(rows), 1, 1);
  const [edge, middle] = [Math.exp(-0.5), 1];
  const weight = (i: number) => (i === 0 ? middle : Math.abs(i) === 1 ? edge : 0) / (middle + 2 * edge);
  for (const [y, row] of rowsOf(made).entries())
    for (const [x, value] of row.entries()) expect(value).toBeCloseTo(weight(x - 3) * weight(y - 3), 6);
  expect(made.data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
});

test("edges are mirrored without the last cell: a flat picture stays flat", () => {
  const flat = { outer: 1, height: 4, width: 5, inner: 3, data: new Float32Array(60).fill(0.7) };
  for (const value of blur(flat, 3, 0.5).data) expect(value).toBeCloseTo(0.7, 6);
  const edge = Math.exp(-0.5) / (1 + 2 * Math.exp(-0.5));
  expect(
    rowsOf(
      blur(
        gridOf([
          [0, 1, 0],
          [0, 1, 0],
        ]),
        1,
        1,
      ),
    )[0]![0],
  ).toBeCloseTo(2 * edge, 6);
});

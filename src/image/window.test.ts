import { expect, test } from "vitest";
import { gridOf, rowsOf } from "./testing/pictures.ts";
import { totalPixels } from "./totalPixels.ts";
import { cut, middle } from "./window.ts";

test("a rectangle of a grid", () =>
  expect(
    rowsOf(
      cut(
        gridOf([
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ]),
        { x: 1, y: 1, width: 2, height: 1 },
      ),
    ),
  ).toEqual([[5, 6]]));

test.each([
  [16, 8, 1, 1, { x: 4, y: 0, width: 8, height: 8 }],
  [8, 16, 1, 1, { x: 0, y: 4, width: 8, height: 8 }],
  [8, 8, 3, 3, { x: 0, y: 0, width: 8, height: 8 }],
  // 2.5 to cut from each side: to the even 2
  [13, 8, 1, 1, { x: 2, y: 0, width: 9, height: 8 }],
])("the middle of %i x %i at %i : %i", (width, height, w, h, want) =>
  expect(middle({ width, height }, w, h)).toEqual(want),
);

test.each([
  [100, 100, 1, 1, 1024, 1024],
  [1920, 1080, 1, 8, 1368, 768],
  [3, 1, 0.01, 1, 177, 59],
])("%i x %i to %d megapixels in steps of %i", (width, height, megapixels, multiple, w, h) =>
  expect(totalPixels(width, height, megapixels, multiple)).toEqual({ width: w, height: h }),
);

import { expect, test } from "vitest";
import { imageBatch } from "./image.ts";
import { dilateSquare, fitMask, greyOut } from "./inpaintMask.ts";
import { maskOf, rowsOf } from "./testing/pictures.ts";

test("a mask as large as a picture, between its values", () =>
  expect(rowsOf(fitMask(maskOf([[0, 1]]), { width: 4, height: 1 }))).toEqual([[0, 0.25, 0.75, 1]]));

test("grey where the rounded mask is 1; alpha stays; a lone mask serves every picture", () => {
  const data = Float32Array.of(1, 0.25, 0, 0.125, 0, 1, 0.75, 0.25);
  const image = imageBatch({ width: 1, height: 1, channels: 4, batch: 2 }, data);
  expect([...greyOut(image, maskOf([[0.75]])).data]).toEqual([0.5, 0.5, 0.5, 0.125, 0.5, 0.5, 0.5, 0.25]);
  // a half is even with 0
  expect([...greyOut(image, maskOf([[0.5]])).data]).toEqual([...data]);
});

test.each([
  [0, [0, 0, 0, 1, 0, 0]],
  [1, [0, 0, 0, 1, 0, 0]],
  [3, [0, 0, 1, 1, 1, 0]],
  // an even one reaches further back than on
  [2, [0, 0, 0, 1, 1, 0]],
  [4, [0, 0, 1, 1, 1, 1]],
])("a square of %i cells", (side, want) =>
  expect(rowsOf(dilateSquare(maskOf([[0.5, 0.25, 0, 0.75, 0, 0.5]]), side))).toEqual([want]),
);

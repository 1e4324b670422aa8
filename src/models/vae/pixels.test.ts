import { expect, test } from "vitest";
import { imageToPixels, pixelsToImage } from "./pixels.ts";

test("cut around the middle, alpha dropped, channels first, -1..1", () => {
  // 5 x 7 pixels, cells of 4: one row and three columns too many; the cut starts at row 0, column 1.
  const data = Float32Array.from({ length: 5 * 7 * 4 }, (_, i) => (i % 4 === 3 ? 0.5 : i / 200));
  const { image, height, width } = pixelsToImage({ batch: 1, height: 5, width: 7, channels: 4, data }, 4);
  expect({ height, width, values: image.length }).toEqual({ height: 1, width: 1, values: 48 });
  for (const [channel, y, x] of [
    [0, 0, 0],
    [1, 0, 3],
    [2, 3, 2],
  ] as const)
    expect(image[(channel * 4 + y) * 4 + x]).toBe(Math.fround(data[(y * 7 + x + 1) * 4 + channel]! * 2 - 1));
});

test("grey fills all three", () => {
  const { image } = pixelsToImage({ batch: 1, height: 1, width: 1, channels: 1, data: Float32Array.of(0.75) }, 1);
  expect([...image]).toEqual([0.5, 0.5, 0.5]);
});

test("smaller than a cell", () =>
  expect(() =>
    pixelsToImage({ batch: 1, height: 15, width: 40, channels: 3, data: new Float32Array(1800) }, 16),
  ).toThrow("a picture of 40 x 15 pixels is too small to encode: at least 16 x 16 are needed"));

test("back: channels last, clamped, nothing that is not a number", () => {
  const image = Float32Array.of(-3, 0, /**/ 0.5, Number.NaN, /**/ 1, 9);
  const { data } = imageToPixels(image, 1, 1, 2);
  expect([...data]).toEqual([0, 0.75, 1, 0.5, 0, 1]);
});

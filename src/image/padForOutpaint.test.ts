import { expect, test } from "vitest";
import { imageBatch } from "./image.ts";
import { padForOutpaint } from "./padForOutpaint.ts";
import { rowsOf } from "./testing/pictures.ts";

const image = imageBatch({ width: 4, height: 2, channels: 1, batch: 1 }, new Float32Array(8).fill(1));
const none = { left: 0, top: 0, right: 0, bottom: 0 };

test("grey margins, and a mask that is 1 there", () => {
  const padded = padForOutpaint(image, { ...none, left: 1, bottom: 1 }, 0);
  expect(rowsOf(padded.image)).toEqual([
    [0.5, 1, 1, 1, 1],
    [0.5, 1, 1, 1, 1],
    [0.5, 0.5, 0.5, 0.5, 0.5],
  ]);
  expect(rowsOf(padded.mask)).toEqual([
    [1, 0, 0, 0, 0],
    [1, 0, 0, 0, 0],
    [1, 1, 1, 1, 1],
  ]);
});

test("the mask falls with the square of the distance, at sides that have a margin", () => {
  const square = imageBatch({ width: 5, height: 5, channels: 1, batch: 1 });
  const { mask } = padForOutpaint(square, { ...none, right: 1 }, 2);
  // distances are 5, 4, 3, 2, 1 pixels from the right margin
  expect(rowsOf(mask)[2]).toEqual([0, 0, 0, 0, 0.25, 1]);
  expect(rowsOf(mask)[0]).toEqual([0, 0, 0, 0, 0.25, 1]);
});

test("no falling where it would take more than half a side", () =>
  expect(rowsOf(padForOutpaint(image, { ...none, right: 1 }, 1).mask)[0]).toEqual([0, 0, 0, 0, 1]));

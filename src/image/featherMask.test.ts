import { expect, test } from "vitest";
import { featherMask } from "./featherMask.ts";
import { maskOf, rowsOf } from "./testing/pictures.ts";

const none = { left: 0, top: 0, right: 0, bottom: 0 };
const ones = maskOf([[1, 1, 1, 1]], [[0.5, 0.5, 0.5, 0.5]]);

test("each side fades by itself, over every mask of the batch", () => {
  expect(rowsOf(featherMask(ones, { ...none, left: 2 }))).toEqual([
    [0.5, 1, 1, 1],
    [0.25, 0.5, 0.5, 0.5],
  ]);
  expect(rowsOf(featherMask(ones, { ...none, right: 4 }))[0]).toEqual([1, 0.75, 0.5, 0.25]);
});

test("two sides meet as a product; more cells than there are count as all of them; none: nothing", () => {
  expect(rowsOf(featherMask(ones, { ...none, left: 4, right: 4 }))[0]).toEqual([0.25, 0.375, 0.375, 0.25]);
  expect(rowsOf(featherMask(ones, { ...none, left: 100 }))[0]).toEqual([0.25, 0.5, 0.75, 1]);
  expect(featherMask(ones, none).data).toEqual(ones.data);
});

test("up and down", () =>
  expect(rowsOf(featherMask(maskOf([[1], [1], [1]]), { ...none, top: 2, bottom: 1 }))).toEqual([[0.5], [1], [1]]));

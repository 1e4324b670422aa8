import { expect, test } from "vitest";
import { combineMasks, MASK_OPERATIONS } from "./combineMasks.ts";
import { maskOf, rowsOf } from "./testing/pictures.ts";

test.each([
  ["multiply", [0.5, 0.25, 0, 0]],
  ["add", [1, 1, 1, 0]],
  ["subtract", [0, 0, 0, 0]],
  // rounded first: a half goes to the even side
  ["and", [0, 0, 0, 0]],
  ["or", [1, 0, 1, 0]],
  ["xor", [1, 0, 1, 0]],
])("%s, cut to 0..1", (operation, want) => {
  const [target, source] = [maskOf([[0.5, 0.5, 0, 0]]), maskOf([[1, 0.5, 1, 0]])];
  expect(rowsOf(combineMasks(target, source, 0, 0, operation))).toEqual([want]);
});

test("at a place: what sticks out is cut, a lone source serves every mask, the target stays as it was", () => {
  const target = maskOf(
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [
      [1, 1, 1],
      [1, 1, 1],
    ],
  );
  const before = target.data.slice();
  const source = maskOf([
    [0.25, 0.5],
    [0.75, 1],
  ]);
  expect(rowsOf(combineMasks(target, source, 2, 1, "add"))).toEqual([
    [0, 0, 0],
    [0, 0, 0.25],
    [1, 1, 1],
    [1, 1, 1],
  ]);
  expect(rowsOf(combineMasks(target, source, 3, 0, "add"))).toEqual(rowsOf(target));
  expect(target.data).toEqual(before);
});

test("ComfyUI's names", () =>
  expect(Object.keys(MASK_OPERATIONS)).toEqual(["multiply", "add", "subtract", "and", "or", "xor"]));

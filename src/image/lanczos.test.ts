import { expect, test } from "vitest";
import { lanczos } from "./lanczos.ts";
import { gridOf, rowsOf } from "./testing/pictures.ts";

test("through bytes, also where nothing is resized: cut off, not rounded", () => {
  const same = lanczos(gridOf([[0.5, 1, 1.5, -1, 0.999]]), 5, 1);
  expect(rowsOf(same)[0]!.map((v) => Math.round(v * 255))).toEqual([127, 255, 255, 0, 254]);
});

test("a flat picture stays flat, whatever the sizes", () => {
  const flat = { outer: 2, height: 7, width: 5, inner: 3, data: new Float32Array(210).fill(100 / 255) };
  for (const [width, height] of [
    [3, 11],
    [1, 1],
    [20, 2],
  ] as const) {
    const made = lanczos(flat, width, height);
    expect(made).toMatchObject({ outer: 2, width, height, inner: 3 });
    expect(new Set([...made.data].map((v) => Math.round(v * 255)))).toEqual(new Set([100]));
  }
});

test("an edge swings over and is cut to bytes", () => {
  const made = rowsOf(lanczos(gridOf([[0, 0, 0, 1, 1, 1]]), 12, 1))[0]!;
  expect(made[0]).toBe(0);
  expect(Math.max(...made)).toBe(1);
  expect(made[5]).toBeGreaterThan(0);
  expect(made[5]).toBeLessThan(made[6]!);
  for (let i = 0; i < 6; i++) expect(made[i]! + made[11 - i]!).toBeCloseTo(1, 1);
});

test("colours under no alpha do not bleed into others", () => {
  const rgba = { outer: 1, height: 1, width: 2, inner: 4, data: Float32Array.of(1, 0, 0, 1, 0, 1, 0, 0) };
  const { data } = lanczos(rgba, 1, 1);
  expect([...data].map((v) => Math.round(v * 255))).toEqual([255, 0, 0, 128]);
});

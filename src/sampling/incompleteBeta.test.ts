import { expect, test } from "vitest";
import { incompleteBeta, inverseBeta } from "./incompleteBeta.ts";

const grid = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

test("closed forms", () => {
  for (const x of grid) {
    expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 12);
    expect(incompleteBeta(x, 2, 2)).toBeCloseTo(3 * x ** 2 - 2 * x ** 3, 12);
    expect(incompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 12);
  }
});

test("the inverse undoes it", () => {
  for (const [a, b] of [
    [0.6, 0.6],
    [0.8, 0.5],
    [3, 1],
  ] as const) {
    for (const p of grid) expect(incompleteBeta(inverseBeta(p, a, b), a, b)).toBeCloseTo(p, 10);
  }
  expect([inverseBeta(0, 0.6, 0.6), inverseBeta(1, 0.6, 0.6)]).toEqual([0, 1]);
});

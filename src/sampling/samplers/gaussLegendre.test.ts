import { expect, test } from "vitest";
import { gaussLegendre } from "./gaussLegendre.ts";

test.each([1, 2, 3, 7, 50])("%i points integrate every power up to 2 n - 1, and no further", (n) => {
  const integral = (power: number) =>
    gaussLegendre(n).reduce((sum, { node, weight }) => sum + weight * node ** power, 0);
  for (let power = 0; power < 2 * n; power++)
    expect(integral(power)).toBeCloseTo(power % 2 === 0 ? 2 / (power + 1) : 0, 12);
  if (n < 10) expect(Math.abs(integral(2 * n) - 2 / (2 * n + 1))).toBeGreaterThan(1e-6);
});

test("three points as they are in every table", () => {
  const rule = gaussLegendre(3);
  expect(rule.map(({ node }) => node)).toEqual([-Math.sqrt(0.6), 0, Math.sqrt(0.6)].map((v) => expect.closeTo(v, 14)));
  expect(rule.map(({ weight }) => weight)).toEqual([5 / 9, 8 / 9, 5 / 9].map((v) => expect.closeTo(v, 14)));
});

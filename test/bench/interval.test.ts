import { expect, test } from "vitest";
import { interval } from "../../bench/support/interval.ts";

// Ranks from tables of the sign test: the widest [k, n + 1 - k] whose two tails are at most 2.5 % each.
test.each([
  [5, 1, 5],
  [6, 1, 6],
  [8, 1, 8],
  [9, 2, 8],
  [10, 2, 9],
  [20, 6, 15],
  [31, 10, 22],
  [100, 40, 61],
])("of %i values the interval runs from the %ith to the %ith", (n, low, high) => {
  const values = Array.from({ length: n }, (_, i) => ((i * 7919) % n) + 1).sort(
    (a, b) => ((a * 31) % 17) - ((b * 31) % 17),
  );
  expect(new Set(values).size).toBe(n);
  expect(interval(values)).toEqual({ median: (n + 1) / 2, low, high, n });
});

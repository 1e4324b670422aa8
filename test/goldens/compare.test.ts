import { expect, test } from "vitest";
import { compare } from "./compare.ts";
import { row } from "./kindRunner.ts";

const loose = { atol: 0.1, rtol: 0.01 };
const exact = { atol: 0, rtol: 0 };
const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

test.each([
  { got: [1, 2], want: [1, 2], tolerance: exact, ratio: 0 },
  { got: [10.1], want: [10], tolerance: loose, ratio: 0.5 },
  { got: [9.5], want: [10], tolerance: loose, ratio: 2.5 },
  { got: [-9.9], want: [-10], tolerance: loose, ratio: 0.5 },
  { got: [1 + 2 ** -52], want: [1], tolerance: exact, ratio: INF },
  { got: [NAN], want: [NAN], tolerance: exact, ratio: 0 },
  { got: [NAN], want: [1], tolerance: loose, ratio: INF },
  { got: [1], want: [NAN], tolerance: loose, ratio: INF },
  { got: [INF], want: [INF], tolerance: loose, ratio: 0 },
  { got: [-INF], want: [INF], tolerance: loose, ratio: INF },
  { got: [1e30], want: [INF], tolerance: loose, ratio: INF },
  { got: [INF], want: [1e30], tolerance: loose, ratio: INF },
  { got: [NAN], want: [null], tolerance: exact, ratio: 0 },
  { got: [0], want: [null], tolerance: loose, ratio: INF },
])("$got for $want is $ratio", ({ got, want, tolerance, ratio }) => {
  const result = compare(row(got), row(want), tolerance);
  expect(result.ratio).toBeCloseTo(ratio, 9);
  expect(result.failure === null).toBe(ratio <= 1);
});

test("integers of 64 bits are compared exactly", () => {
  const big = 2n ** 62n + 1n;
  expect(compare(row(BigInt64Array.of(big)), row(BigInt64Array.of(big)), exact).ratio).toBe(0);
  expect(compare(row(BigInt64Array.of(big)), row(BigInt64Array.of(big - 1n)), exact).ratio).toBe(INF);
  expect(compare(row([5]), row(BigInt64Array.of(5n)), exact).ratio).toBe(0);
  expect(compare(row([5.5]), row(BigInt64Array.of(5n)), loose).ratio).toBe(INF);
});

import { expect, test } from "vitest";
import { padContext } from "./padContext.ts";

test("zeros before a short text, for each of the batch", () => {
  const { context, tokens } = padContext(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2, 2);
  expect(tokens).toBe(512);
  expect(context.length).toBe(2 * 512 * 2);
  expect([...context.subarray(1020, 1024)]).toEqual([1, 2, 3, 4]);
  expect([...context.subarray(2044)]).toEqual([5, 6, 7, 8]);
  expect(context.filter((value) => value !== 0).length).toBe(8);
});

test("a long text stays as it is", () => {
  const long = new Float32Array(600).fill(1);
  expect(padContext(long, 1, 1)).toEqual({ context: long, tokens: 600 });
});

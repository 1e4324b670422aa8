import { expect, test } from "vitest";
import { promptWeights } from "./promptWeights.ts";
import { pythonFloat } from "./pythonFloat.ts";

test("a parenthesis that closes nothing hides the next one that opens", () => {
  expect(promptWeights("a) (b:2) (c)")).toEqual([{ text: "a) (b:2) (c)", weight: 1 }]);
  expect(promptWeights("((a)")).toEqual([{ text: "(a", weight: 1.1 }]);
});

test("depth has a limit, length has none", () => {
  expect(promptWeights("(".repeat(100_000))).toHaveLength(1);
  expect(promptWeights("(a)".repeat(30_000))).toHaveLength(30_000);
  expect(() => promptWeights(`${"(".repeat(1200)}a${")".repeat(1200)}`)).toThrow("more than 1000 parentheses");
});

test.each([
  ["1", 1],
  [" -.5e1 ", -5],
  ["1_0.0_1", 10.01],
  ["5.", 5],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
  ["", null],
  [".", null],
  ["1__0", null],
  ["_1", null],
  ["0x10", null],
  ["1e", null],
  ["in", null],
])("float(%j)", (text, value) => expect(pythonFloat(text)).toBe(value));

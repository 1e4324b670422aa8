import { expect, test } from "vitest";
import { dynamicPrompt } from "./dynamicPrompt.ts";

test.each([
  ["a cat", "a cat"],
  ["a {red|blue} cat", "a red cat"],
  ["{a|{b|c}} {{d|e}|f}", "a d"],
  ["{|x}y", "y"],
  ["{only}", "only"],
  ["{unclosed", "unclosed"],
  ["{a|b {c", "a"],
  ["a | b } c", "a | b } c"],
  ["\\{kept\\} a\\|b {x\\|y|z}", "{kept} a|b x|y"],
  ["one // gone\ntwo", "one \ntwo"],
  ["a /* gone\nall */b /* not ended", "a b /* not ended"],
  ["// /* x\ny */", "\ny */"],
  ["a / b", "a / b"],
])("%j is %j", (text, want) => expect(dynamicPrompt(text, () => 0)).toBe(want));

test("the last choice, and one in the middle", () => {
  expect(dynamicPrompt("{a|b|c}", () => 0.999)).toBe("c");
  expect(dynamicPrompt("{a|b|c}", () => 0.5)).toBe("b");
});

test("hostile text is read once", () => {
  const n = 200_000;
  expect(dynamicPrompt("{".repeat(n), () => 0)).toBe("");
  expect(dynamicPrompt("/* ".repeat(n), () => 0)).toHaveLength(3 * n);
});

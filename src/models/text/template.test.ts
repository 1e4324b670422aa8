import { expect, test } from "vitest";
import { kleinTemplate } from "./template.ts";

test.each([
  ["a (red:1.2) cat", "a (red:1.2) cat"],
  ["\\(escaped\\)", "(escaped)"],
  ["C:\\dir \\[x\\]", "C:\\dir \\[x\\]"],
  ["$& {} $1", "$& {} $1"],
])("%j", (prompt, shown) =>
  expect(kleinTemplate(prompt)).toBe(
    `<|im_start|>user\n${shown}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n`,
  ),
);

import { expect, test } from "vitest";
import { devTemplate, kleinTemplate } from "./template.ts";

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

test("dev's: a task, then the prompt", () =>
  expect(devTemplate("a \\(red\\) {} cat")).toMatch(
    /^\[SYSTEM_PROMPT\]You are .*\[\/SYSTEM_PROMPT\]\[INST\]a \(red\) \{\} cat\[\/INST\]$/s,
  ));

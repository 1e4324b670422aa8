import { expect, test } from "vitest";
import { prefixTokens } from "./prefixTokens.ts";

const now = new Date(2026, 0, 2, 3, 4, 5);
const widgets: Readonly<Record<string, unknown>> = { "A.seed": 7n, "A.path": "a/b:c", "A.none": null };
const find = (node: string, widget: string) => widgets[`${node}.${widget}`];

test.each([
  ["p_%A.seed%", "p_7"],
  ["%A.path%", "a_b_c"],
  ["%A.none%", ""],
  ["%B.seed%_%width%_%A.b.c%", "%B.seed%_%width%_%A.b.c%"],
  ["%date:yyyy-MM-dd%/x", "2026-01-02/x"],
  ["%date:yy-M-d_hh-mm-ss h:m:s%", "26-1-2_03-04-05 3:4:5"],
  ["100%", "100%"],
])("%j is %j", (text, want) => expect(prefixTokens(text, now, find)).toBe(want));

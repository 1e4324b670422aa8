import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../cli/built.ts";
import { bugs } from "./bugs.ts";

// The hunt itself is `npm run bugs`: minutes. This says that there is something to hunt.
test("twenty and more, each with a name of its own", () => {
  expect(bugs.length).toBeGreaterThanOrEqual(20);
  expect(new Set(bugs.map((bug) => bug.id)).size).toBe(bugs.length);
});

test.each(bugs)("$id: still one place in $file, and the tests are there", ({ file, from, to, tests }) => {
  expect(readFileSync(join(root, file), "utf8").split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
  expect(tests.map((test) => test.file).filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

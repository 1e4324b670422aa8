import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../cli/built.ts";
import { bugs } from "./bugs.ts";
import { placesOf } from "./placesOf.ts";

// The hunt itself is `npm run bugs`: minutes. This says that there is something to hunt.
test("twenty and more, each with a name of its own", () => {
  expect(bugs.length).toBeGreaterThanOrEqual(20);
  expect(new Set(bugs.map((bug) => bug.id)).size).toBe(bugs.length);
});

test.each(bugs)("$id: still one place in $where, and the tests are there", (bug) => {
  const { from, to, tests } = bug;
  expect(placesOf(root, bug)).toHaveLength(1);
  expect(to).not.toBe(from);
  expect(tests.map((test) => test.file).filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createJiti } from "jiti";
import { expect, test } from "vitest";
import { root } from "../../cli/built.ts";
import { bugs } from "./bugs.ts";
import { placesOf } from "./placesOf.ts";

const jiti = createJiti(import.meta.url, { fsCache: false });

/** What a parser says against a text, or nothing: jiti's JavaScript of a text that does not parse is one line that says why. */
function faultOf(source: string): string | undefined {
  const made = jiti.transform({ source, ts: true });
  return made.startsWith("exports.__JITI_ERROR__") ? made : undefined;
}

test("what does not parse is seen", () => {
  expect(faultOf("for (const a of [1]) {}\nconst b: number = 1;")).toBeUndefined();
  expect(faultOf("for (const a of [1])\nconst b: number = 1;")).toContain("Lexical declaration");
});

// The hunt itself is `npm run bugs`: minutes. This says that there is something to hunt.
test("twenty and more, each with a name of its own", () => {
  expect(bugs.length).toBeGreaterThanOrEqual(20);
  expect(new Set(bugs.map((bug) => bug.id)).size).toBe(bugs.length);
});

test.each(bugs)("$id: still one place in $where, a program with it, and the tests are there", (bug) => {
  const { from, to, tests } = bug;
  const places = placesOf(root, bug);
  expect(places).toHaveLength(1);
  // A bug that is no program proves nothing: no test would run.
  const text = readFileSync(join(root, places[0]!), "utf8").replace(from, () => to);
  expect(faultOf(text)).toBeUndefined();
  expect(to).not.toBe(from);
  expect(tests.map((test) => test.file).filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

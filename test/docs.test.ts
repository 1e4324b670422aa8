import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((f) => f.endsWith(".md"))
    .map((f) => `docs/${f}`),
];

test.each(documents)("%s links to files that are there", (document) => {
  const links = [...read(document).matchAll(/\]\(([^)#:\s]+)\)/g)].map((m) => m[1]!);
  expect(links.filter((link) => !existsSync(path.join(root, path.dirname(document), link)))).toEqual([]);
});

test.each(documents)("%s names files that are there", (document) => {
  const named = [...read(document).matchAll(/`((?:src|test|bench|lanes|demo|examples|docs)\/[\w./-]*\w)`/g)].map(
    (m) => m[1]!,
  );
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

test("the tour names files by the folder it is speaking of", () => {
  const tour = read("docs/tour.md");
  const names = new Set(
    ["src", "test"]
      .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }))
      .map((file) => path.basename(file)),
  );
  const named = [...tour.matchAll(/`([\w/]+\.ts)`/g)].map((m) => path.basename(m[1]!));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((file) => !names.has(file))).toEqual([]);
});

test("docs/memory.md lists every reason of the event log", () => {
  const reasons = [...read("src/memory/words.ts").matchAll(/\|\s"(\w+)"\s\/\*\*/g)].map((m) => m[1]!);
  expect(reasons.length).toBeGreaterThan(5);
  expect(reasons.filter((reason) => !read("docs/memory.md").includes(`| \`${reason}\` |`))).toEqual([]);
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { updateReadme } from "../../bench/support/updateReadme.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-readme-"));
  file = path.join(folder, "README.md");
  await writeFile(file, "before\n<!-- figures -->\n<!-- /figures -->\nafter\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const row = (what: string, command: string) => ({ what, value: "1", command, load: "0.1" });
const names = async () =>
  [...(await readFile(file, "utf8")).matchAll(/^\| ([a-z0-9 ]+) \| 1 /gm)].map((match) => match[1]);

test("rows of a benchmark are replaced, those of others stay, and so does the text around the table", async () => {
  await updateReadme(file, "a machine", [row("one", "bench a"), row("two", "bench b")]);
  await updateReadme(file, "a machine", [row("one again", "bench a")]);
  expect(await names()).toEqual(["two", "one again"]);
  expect(await readFile(file, "utf8")).toMatch(/^before\n<!-- figures -->\n[\s\S]*<!-- \/figures -->\nafter\n$/);
});

test("a benchmark run with other flags replaces its rows too", async () => {
  await updateReadme(file, "a machine", [row("one", "bench a"), row("two", "bench ab")]);
  await updateReadme(file, "a machine", [row("three", "bench a --threads 1")]);
  expect(await names()).toEqual(["two", "three"]);
});

test("figures of another machine go: a table is of one machine", async () => {
  await updateReadme(file, "a machine", [row("one", "bench a")]);
  await updateReadme(file, "another", [row("two", "bench b")]);
  expect(await names()).toEqual(["two"]);
});

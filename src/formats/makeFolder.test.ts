import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "./makeFolder.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), "weir-folder-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

test("makes every level, and again", async () => {
  const folder = path.join(base, "a", "b", "c");
  await makeFolder(folder);
  await makeFolder(folder);
  expect(existsSync(folder)).toBe(true);
});

test("a file in the way is the system's error", async () => {
  await writeFile(path.join(base, "file"), "");
  await expect(makeFolder(path.join(base, "file", "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeFolder(path.join(base, "file"))).rejects.toMatchObject({ code: "EEXIST" });
});

test.skipIf(!existsSync("/proc/self"))("a file system that takes no folders is an error, not a loop", async () => {
  await expect(makeFolder("/proc/weir/x")).rejects.toMatchObject({ code: "ENOENT" });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkWritable } from "./checkWritable.ts";

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "weir-writable-"));
  mkdirSync(join(base, "there"));
  writeFileSync(join(base, "file"), "");
});
afterAll(() => rmSync(base, { recursive: true }));

test.each(["there", "not/yet/there"])("%s will do, and nothing is left behind", async (name) => {
  await checkWritable(join(base, name));
  expect(readdirSync(base).sort()).toEqual(["file", "there"]);
  expect(readdirSync(join(base, "there"))).toEqual([]);
});

test.each(["file", "file/below", "file/far/below"])("%s cannot be written", async (name) => {
  await expect(checkWritable(join(base, name))).rejects.toMatchObject({
    code: "output-unwritable",
    message: `cannot write into ${join(base, name)} (ENOTDIR). Choose another --output-directory`,
  });
});

// Root may write anywhere.
test.runIf(process.platform !== "win32" && process.getuid?.() !== 0)("a folder without permission", async () => {
  mkdirSync(join(base, "closed"), { mode: 0o555 });
  await expect(checkWritable(join(base, "closed/new"))).rejects.toMatchObject({ code: "output-unwritable" });
  rmSync(join(base, "closed"), { recursive: true });
});

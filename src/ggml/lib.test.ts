import { copyFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GgmlNotFound, GgmlVersionMismatch } from "./errors.ts";
import { findLibrary } from "./findLibrary.ts";
import { checkVersion, loadLib, PINNED } from "./lib.ts";

// A process holds one library: what must fail is loaded first, the real one last.
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "weir-ggml-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("a file that is no library", async () => {
  for (const name of ["libggml-base.so", "libggml.so", "libggml-cpu.so"])
    await writeFile(path.join(dir, name), "not a library");
  const load = () => loadLib(findLibrary({ env: { WEIR_GGML_DIR: dir } }));
  expect(load).toThrow(GgmlNotFound);
  expect(load).toThrow(/libggml-base\.so could not be loaded/);
});

test("a library that is not ggml's", async () => {
  const real = findLibrary({ env: {} });
  await copyFile(real.registry, path.join(dir, "libggml-base.so")); // a library, but another one
  for (const file of [real.base, real.registry, real.cpu[0]!])
    await symlink(file, path.join(dir, `x-${path.basename(file)}`));
  await writeFile(path.join(dir, "libggml.so"), "");
  await writeFile(path.join(dir, "libggml-cpu.so"), "");
  expect(() => loadLib(findLibrary({ env: { WEIR_GGML_DIR: dir } }))).toThrow(GgmlNotFound);
});

test("another version is refused from a package, and used with a warning where the user names it", () => {
  const other = { ggml_version: () => "0.25.1", ggml_commit: () => "0ad4a86" };
  const files = { ...findLibrary({ env: {} }), dir: "/libs" };
  const warnings: string[] = [];
  const check = (packageName: string | null) =>
    checkVersion(other, { ...files, packageName }, (message) => warnings.push(message));
  expect(() => check("@node-llama-cpp/linux-x64")).toThrow(GgmlVersionMismatch);
  expect(() => check("@node-llama-cpp/linux-x64")).toThrowErrorMatchingInlineSnapshot(
    `[GgmlVersionMismatch: ggml in /libs is 0.25.1 (0ad4a86), made for 0.23.0 (5b4ebc5); reinstall @node-llama-cpp/linux-x64, or name a folder in WEIR_GGML_DIR to use it all the same]`,
  );
  check(null);
  expect(warnings).toMatchInlineSnapshot(`
    [
      "ggml in /libs is 0.25.1 (0ad4a86), made for 0.23.0 (5b4ebc5); used because WEIR_GGML_DIR names it: results may differ",
    ]
  `);
});

test("the pinned one is loaded once", async () => {
  const lib = loadLib(findLibrary({ env: {} }));
  expect([lib.version, lib.commit]).toEqual([PINNED.version, PINNED.commit]);
  expect(loadLib(findLibrary({ env: {} }))).toBe(lib);
  expect(lib.files.cpu).toContain(lib.cpuFile);
});

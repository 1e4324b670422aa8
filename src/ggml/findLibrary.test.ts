import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { GgmlNotFound } from "./errors.ts";
import { findLibrary } from "./findLibrary.ts";

test("the platform's package is found, with every part", () => {
  const files = findLibrary({ env: {} });
  expect(files.packageName).toMatch(/^@node-llama-cpp\//);
  expect(path.basename(files.base)).toMatch(/ggml-base\./);
  expect(path.basename(files.registry)).toMatch(/ggml\./);
  expect(files.cpu.length).toBeGreaterThan(0);
});

test("a package that is missing is named, with the command that installs it", () => {
  expect(() => findLibrary({ env: {}, platform: "win32", arch: "x64" })).toThrowErrorMatchingInlineSnapshot(
    `[GgmlNotFound: ggml's libraries are not installed; run: npm install @node-llama-cpp/win-x64-vulkan@3.21.1 (or name a folder that holds them in WEIR_GGML_DIR)]`,
  );
});

test("a platform without a build", () => {
  expect(() => findLibrary({ env: {}, platform: "sunos", arch: "sparc" })).toThrowErrorMatchingInlineSnapshot(
    `[GgmlNotFound: no build of ggml is known for sunos-sparc; name a folder that holds one in WEIR_GGML_DIR]`,
  );
});

test("WEIR_GGML_DIR that is no folder", () => {
  const dir = path.join(tmpdir(), "weir-no-such-folder");
  expect(() => findLibrary({ env: { WEIR_GGML_DIR: dir } })).toThrow(GgmlNotFound);
  expect(() => findLibrary({ env: { WEIR_GGML_DIR: dir } })).toThrow(
    /WEIR_GGML_DIR is .*weir-no-such-folder, which is no folder/,
  );
});

test("WEIR_GGML_DIR that holds something else, or half of it", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "weir-ggml-"));
  try {
    const find = () => findLibrary({ env: { WEIR_GGML_DIR: dir } });
    expect(find).toThrow(/holds no libggml-cpu/);
    await writeFile(path.join(dir, "libggml-cpu-haswell.so"), "");
    expect(find).toThrow(/holds no libggml-base/);
    await writeFile(path.join(dir, "libggml-base.so"), "");
    expect(find).toThrow(/holds no libggml;/);
    await writeFile(path.join(dir, "libggml.vulkan.v0.4.0.so"), "");
    await writeFile(path.join(dir, "libggml-vulkan.so"), "");
    expect(find()).toMatchObject({
      packageName: null,
      registry: path.join(dir, "libggml.vulkan.v0.4.0.so"),
      gpu: [path.join(dir, "libggml-vulkan.so")],
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test.each([
  [
    "macOS",
    [
      "libggml-base.dylib",
      "libggml.metal.v0.4.0.dylib",
      "libggml-blas.so",
      "libggml-cpu-apple_m1.so",
      "libggml-metal.so",
    ],
    "libggml.metal.v0.4.0.dylib",
    "libggml-metal.so",
  ],
  [
    "Windows",
    ["ggml-base.dll", "ggml.vulkan.v0.4.0.dll", "ggml-cpu-x64.dll", "ggml-vulkan.dll", "llama.vulkan.v0.4.0.dll"],
    "ggml.vulkan.v0.4.0.dll",
    "ggml-vulkan.dll",
  ],
  [
    "a plain build",
    ["libggml-base.so", "libggml.so", "libggml-cpu.so", "libggml-cuda.so"],
    "libggml.so",
    "libggml-cuda.so",
  ],
])("the names on %s", async (_, names, registry, gpu) => {
  const dir = await mkdtemp(path.join(tmpdir(), "weir-ggml-"));
  try {
    for (const name of names) await writeFile(path.join(dir, name), "");
    const files = findLibrary({ env: { WEIR_GGML_DIR: dir } });
    expect(path.basename(files.registry)).toBe(registry);
    expect(files.gpu.map((file) => path.basename(file))).toEqual([gpu]);
    expect(files.cpu).toHaveLength(1);
  } finally {
    await rm(dir, { recursive: true });
  }
});

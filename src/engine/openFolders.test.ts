import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFolders } from "./openFolders.ts";

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "weir-folders-"));
  for (const [folder, file] of [
    ["models/vae", "own.safetensors"],
    ["beside", "beside.safetensors"],
    ["named", "named.safetensors"],
  ] as const) {
    mkdirSync(join(base, folder), { recursive: true });
    writeFileSync(join(base, folder, file), "");
  }
  writeFileSync(join(base, "named.yaml"), `b:\n  base_path: ${base}\n  vae: named\n`);
});
afterAll(() => rmSync(base, { recursive: true }));

test("models of the base directory, of its own extra_model_paths.yaml, and of the files that are named", () => {
  const list = (extraModelPaths?: readonly string[]) =>
    [...openFolders({ baseDirectory: base, ...(extraModelPaths && { extraModelPaths }) }, {}).list("vae")].sort();
  expect(list()).toEqual(["own.safetensors"]);
  writeFileSync(join(base, "extra_model_paths.yaml"), `a:\n  base_path: ${base}\n  vae: beside\n`);
  expect(list()).toEqual(["beside.safetensors", "own.safetensors"]);
  expect(list([join(base, "named.yaml")])).toEqual(["beside.safetensors", "named.safetensors", "own.safetensors"]);
});

test("a folder of its own for models or pictures", () => {
  const names = { baseDirectory: base, modelsDirectory: join(base, "beside"), inputDirectory: join(base, "in") };
  expect(openFolders(names, {})).toMatchObject({ input: join(base, "in"), output: join(base, "output") });
});

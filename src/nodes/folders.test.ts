import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolders } from "./folders.ts";

let base: string;
const put = (...path: string[]) => {
  const file = join(base, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
};
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "weir-folders-"));
});
afterEach(() => rmSync(base, { recursive: true }));

test("lists models of both names of a folder, subfolders with /, and nothing that would run code", () => {
  put("models", "diffusion_models", "b.safetensors");
  put("models", "diffusion_models", "sub", "deep", "c.sft");
  put("models", "unet", "a.safetensors");
  put("models", "unet", "b.safetensors");
  put("models", "diffusion_models", "pickle.ckpt");
  put("models", "diffusion_models", ".hidden.safetensors");
  const folders = createFolders({ baseDirectory: base });
  expect(folders.list("diffusion_models")).toEqual(["a.safetensors", "b.safetensors", "sub/deep/c.sft"]);
  expect(folders.list("unet")).toEqual(folders.list("diffusion_models"));
  expect(folders.resolve("diffusion_models", "a.safetensors")).toBe(join(base, "models", "unet", "a.safetensors"));
  expect(folders.resolve("diffusion_models", "b.safetensors")).toBe(
    join(base, "models", "diffusion_models", "b.safetensors"),
  );
  expect(folders.resolve("diffusion_models", "sub/deep/c.sft")).not.toBeNull();
});

test("folders that are not there are empty, and names that are no folders too", () => {
  const folders = createFolders({ baseDirectory: join(base, "nowhere") });
  for (const name of ["vae", "input", "constructor", "__proto__", "../..", ""]) expect(folders.list(name)).toEqual([]);
});

test("nothing outside a folder has a name", () => {
  put("models", "vae", "v.safetensors");
  put("models", "secret.safetensors");
  const secret = put("secret.png");
  put("input", "a.png");
  symlinkSync(secret, join(base, "input", "link.png"));
  const folders = createFolders({ baseDirectory: base });
  for (const name of [
    "../secret.safetensors",
    "./v.safetensors",
    join(base, "models", "vae", "v.safetensors"),
    "v.safetensors/",
  ]) {
    expect(folders.resolve("vae", name), name).toBeNull();
  }
  for (const name of ["../secret.png", secret, "link.png", "a.png\0", "../secret.png [output]", ".", ""]) {
    expect(folders.resolve("input", name), name).toBeNull();
  }
  expect(folders.resolve("input", "a.png")).toBe(join(base, "input", "a.png"));
});

test("links that the user made among the models are followed, once where they go in a circle", () => {
  put("elsewhere", "big.safetensors");
  mkdirSync(join(base, "models", "vae"), { recursive: true });
  symlinkSync(join(base, "elsewhere"), join(base, "models", "vae", "disk2"));
  symlinkSync(join(base, "models", "vae"), join(base, "models", "vae", "loop"));
  symlinkSync(join(base, "gone"), join(base, "models", "vae", "dangling.safetensors"));
  const folders = createFolders({ baseDirectory: base });
  expect(folders.list("vae")).toEqual(["disk2/big.safetensors"]);
  expect(folders.resolve("vae", "disk2/big.safetensors")).not.toBeNull();
});

test("folders of their own place", () => {
  const folders = createFolders({
    baseDirectory: base,
    outputDirectory: join(base, "o"),
    inputDirectory: join(base, "i"),
  });
  expect([folders.output, folders.input, folders.temp]).toEqual(["o", "i", "temp"].map((name) => join(base, name)));
});

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFolders } from "./folders.ts";
import { readModelPaths } from "./readModelPaths.ts";

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

describe("extra_model_paths.yaml", () => {
  const write = (text: string) => {
    const file = join(base, "extra_model_paths.yaml");
    writeFileSync(file, text);
    return file;
  };

  test("sections, several paths to a folder, older names, defaults first, paths beside the file and from the environment", () => {
    put("models", "vae", "same.safetensors");
    put("more", "vae", "same.safetensors");
    put("more", "vae2", "b.safetensors");
    put("more", "unets", "sub", "c.safetensors");
    put("other", "vae", "d.safetensors");
    const file = write(
      "# comment\ncomfyui:\n  base_path: $WHERE/more\n  is_default: true\n  vae: |\n    vae\n    vae2/\n  unet: unets\n  custom_nodes: nodes\nempty:\nother:\n  vae: other/vae\n",
    );
    const folders = createFolders({ baseDirectory: base, modelPaths: readModelPaths(file, { WHERE: base }) });
    expect(folders.list("vae")).toEqual(["b.safetensors", "d.safetensors", "same.safetensors"]);
    expect(folders.resolve("vae", "same.safetensors")).toBe(join(base, "more", "vae", "same.safetensors"));
    expect(folders.resolve("vae", "d.safetensors")).toBe(join(base, "other", "vae", "d.safetensors"));
    expect(folders.list("diffusion_models")).toEqual(["sub/c.safetensors"]);
  });

  test.each([
    ["a: [", "is not read"],
    ["- a\n- b\n", "holds no sections"],
    ["a: text\n", 'section "a" holds no'],
    ["a:\n  vae:\n    - x\n", "a.vae is no path"],
    ["a: &x\n  vae: y\nb: *x\n", "is not read"],
  ])("%j is refused with file and place", (text, fact) => {
    const file = write(text);
    expect(() => readModelPaths(file, {})).toThrow(fact);
    expect(() => readModelPaths(file, {})).toThrow(file);
  });

  test("a file that is not there says so", () => {
    expect(() => readModelPaths(join(base, "none.yaml"), {})).toThrow("none.yaml does not exist");
  });
});

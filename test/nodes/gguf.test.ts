import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DiffusionModel } from "../../src/nodes/values.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { openWorld, type World } from "./world.ts";

const golden = path.join(import.meta.dirname, "../../../shared/golden/quant/flux2_tiny.gguf");

describe.skipIf(!existsSync(golden))("loaders of GGUF files", () => {
  let runtime: Runtime;
  let world: World;
  let base: string;
  beforeAll(async () => {
    base = mkdtempSync(path.join(tmpdir(), "weir-gguf-nodes-"));
    const folder = path.join(base, "models", "unet");
    mkdirSync(folder, { recursive: true });
    copyFileSync(golden, path.join(folder, "tiny.gguf"));
    writeFileSync(path.join(folder, "broken.gguf"), "GGUF\x03\0\0\0and so on, but not a header");
    writeFileSync(path.join(folder, "other.safetensors"), "");
    runtime = await openRuntime("cpu");
    world = openWorld({ runtime, base });
  });
  afterAll(async () => {
    world.close();
    await runtime.close();
    rmSync(base, { recursive: true });
  });
  const load = async (node: string, inputs: Record<string, unknown>) =>
    (await world.node(node).execute(inputs, world.context())).outputs[0] as DiffusionModel;

  test("UnetLoaderGGUF and UNETLoader load the same model", async () => {
    const bootleg = await load("UnetLoaderGGUF", { unet_name: "tiny.gguf" });
    const plain = await load("UNETLoader", { unet_name: "tiny.gguf", weight_dtype: "default" });
    expect(bootleg.loaded.model.source).toBe(plain.loaded.model.source);
    expect(plain.network.kind).toBe("flux2");
    expect(plain.latent).toEqual({ channels: 128, cell: 16 });
  });

  test("UnetLoaderGGUF offers GGUF files only", () => {
    const spec = world.node("UnetLoaderGGUF").inputs["unet_name"]!;
    if (spec.type !== "COMBO" || typeof spec.options !== "function") throw new Error("no list of files");
    const { folders } = world.context();
    expect(spec.options({ list: (folder) => folders.list(folder) })).toEqual(["broken.gguf", "tiny.gguf"]);
  });

  test("a broken file, a missing one, a type that is not built", async () => {
    await expect(load("UnetLoaderGGUF", { unet_name: "broken.gguf" })).rejects.toMatchObject({ code: "corrupt-file" });
    await expect(load("UnetLoaderGGUF", { unet_name: "none.gguf" })).rejects.toThrow(/it has broken\.gguf/);
    await expect(load("CLIPLoaderGGUF", { clip_name: "x.gguf", type: "sd3" })).rejects.toThrow(
      "CLIPLoaderGGUF: text encoders of type sd3 are not built in yet; flux2 is",
    );
  });
});

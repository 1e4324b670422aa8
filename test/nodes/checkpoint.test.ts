import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { onCheckpoint, writeCheckpoint } from "../support/writeCheckpoint.ts";
import { openWorld, type World } from "./world.ts";

/** The demo's three models as one file: CheckpointLoaderSimple. */
const demo = fileURLToPath(new URL("../../demo/", import.meta.url));
const workflow = JSON.parse(readFileSync(join(demo, "klein.json"), "utf8"));
workflow["8"].inputs = { steps: 2, width: 64, height: 64 };
workflow["9"].inputs = { width: 64, height: 64, batch_size: 1 };

let base: string;
let runtime: Runtime;
let own: World;
let demos: World;
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "weir-checkpoint-"));
  mkdirSync(join(base, "models/checkpoints"), { recursive: true });
  runtime = await openRuntime("cpu");
  own = openWorld({ runtime, base });
  demos = openWorld({ runtime, base: demo });
});
afterAll(async () => {
  own.close();
  demos.close();
  await runtime.close();
  rmSync(base, { recursive: true, force: true });
});
const path = (name: string) => join(base, "models/checkpoints", name);
const picture = ({ folders }: World) => {
  const [file, ...more] = readdirSync(folders.output);
  expect(more).toEqual([]);
  return readFileSync(join(folders.output, file!));
};

test("one file draws the bytes that three draw", { timeout: 300_000 }, async () => {
  await writeCheckpoint(path("all.safetensors"));
  await demos.run(workflow, { disableMetadata: true });
  await own.run(onCheckpoint(workflow, "all.safetensors"), { disableMetadata: true });
  expect(picture(own).equals(picture(demos))).toBe(true);
});

describe("what is in a file", () => {
  const load = (ckpt_name: string) => own.node("CheckpointLoaderSimple").execute({ ckpt_name }, own.context());

  test("prefixes of older checkpoints do as well", async () => {
    const older = { textEncoder: "cond_stage_model.", vae: "first_stage_model." };
    await writeCheckpoint(path("older.safetensors"), older);
    expect((await load("older.safetensors")).outputs).toHaveLength(3);
  });

  test("the prefix of the text encoder is its tokenizer's, too", { timeout: 300_000 }, async () => {
    const [, clip] = (await load("older.safetensors")).outputs as [unknown, { encode: World["node"] }];
    const encode = (world: World, value: unknown) =>
      world.node("CLIPTextEncode").execute({ text: "a red circle", clip: value }, world.context());
    const bare = await demos
      .node("CLIPLoader")
      .execute({ clip_name: "weir-demo-te.safetensors", type: "flux2" }, demos.context());
    expect((await encode(own, clip)).outputs).toEqual((await encode(demos, bare.outputs[0])).outputs);
  });

  test.each([
    ["no VAE", { vae: null }, "a Flux 2 transformer, and has no Flux 2 VAE. Parts that are files of their own"],
    [
      "a transformer alone",
      { vae: null, textEncoder: null },
      "a Flux 2 transformer, and has no Qwen3 or Mistral 3 text encoder and no Flux 2 VAE. Parts that",
    ],
    [
      "no transformer",
      { transformer: null },
      "a Qwen3 text encoder, and has no Flux 2 transformer. Parts that are files of their own are loaded with UNETLoader",
    ],
  ])("%s: the error names what is there and what is not", async (_, prefixes, message) => {
    await writeCheckpoint(path("part.safetensors"), prefixes);
    await expect(load("part.safetensors")).rejects.toMatchObject({
      name: "WrongModel",
      code: "wrong-model",
      message: expect.stringContaining(`is not an all-in-one Flux 2 checkpoint: it looks like ${message}`),
    });
  });

  const unet = "model.diffusion_model.input_blocks.0.0.weight";
  test.each([
    ["a Stable Diffusion 1.5 checkpoint", [unet, "cond_stage_model.transformer.text_model.final_layer_norm.weight"]],
    ["a Stable Diffusion XL checkpoint or UNet", [unet, "conditioner.embedders.0.transformer.text_model.x.weight"]],
    ["a Flux 1 transformer", ["model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale"]],
  ])("%s is another family", async (what, names) => {
    await writeSafetensors(
      path("other.safetensors"),
      names.map((name) => ({ name, encoding: "F32", shape: [1], data: new Uint8Array(4) })),
    );
    await expect(load("other.safetensors")).rejects.toMatchObject({
      code: "wrong-model",
      message: expect.stringContaining(
        `it looks like ${what}, and has no Flux 2 transformer, no Qwen3 or Mistral 3 text encoder and no Flux 2 VAE. Flux 2 is what runs here`,
      ),
    });
  });
});

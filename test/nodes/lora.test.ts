import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import type { Conditioning, DiffusionModel, Latent, TextModel } from "../../src/nodes/values.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { makeAdapter } from "../lora/loraFiles.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { openWorld, type World } from "./world.ts";

const demo = fileURLToPath(new URL("../../demo/", import.meta.url));
const OUTLINE = "weir-demo-outline.safetensors";
const QKV = "diffusion_model.double_blocks.0.img_attn.qkv";

describe("LoRA nodes with the demo models, on the CPU", { timeout: 300_000 }, () => {
  let runtime: Runtime;
  let world: World;
  let model: DiffusionModel;
  let clip: TextModel;
  beforeAll(async () => {
    runtime = await openRuntime("cpu");
    world = openWorld({ runtime });
    for (const [folder, name] of [
      ["diffusion_models", "weir-demo-dit.safetensors"],
      ["text_encoders", "weir-demo-te.safetensors"],
      ["loras", OUTLINE],
    ] as const) {
      mkdirSync(join(world.base, "models", folder), { recursive: true });
      copyFileSync(join(demo, "models", folder, name), join(world.base, "models", folder, name));
    }
    const loras = join(world.base, "models", "loras");
    copyFileSync(
      join(demo, "models", "diffusion_models", "weir-demo-dit.safetensors"),
      join(loras, "a-model.safetensors"),
    );
    const write = (name: string, ...layers: readonly (readonly [stem: string, rows: number, columns: number])[]) =>
      writeSafetensors(
        join(loras, name),
        layers.flatMap(([stem, rows, columns], n) => makeAdapter("lora", stem, rows, columns, n + 1).tensors),
      );
    await write("text.safetensors", ["text_encoders.qwen3_4b.transformer.model.layers.0.self_attn.q_proj", 128, 128]);
    await write("dev.safetensors", [QKV, 18432, 6144]);
    await write("flux1.safetensors", ["lora_unet_single_blocks_0_modulation_lin", 9216, 3072]);
    await write(
      "partly.safetensors",
      [QKV, 768, 256],
      ["diffusion_model.img_in", 256, 64],
      ...["a", "b", "c", "d"].map((name) => [`diffusion_model.${name}`, 8, 8] as const),
    );
    model = await one("UNETLoader", { unet_name: "weir-demo-dit.safetensors", weight_dtype: "default" });
    clip = await one("CLIPLoader", { clip_name: "weir-demo-te.safetensors", type: "flux2" });
  });
  afterAll(async () => {
    world.close();
    await runtime.close();
  });

  const all = async (name: string, inputs: Record<string, unknown>) =>
    (await world.node(name).execute(inputs, world.context())).outputs;
  const one = async <T>(name: string, inputs: Record<string, unknown>) => (await all(name, inputs))[0] as T;
  const modelOnly = (on: DiffusionModel, lora_name: string, strength_model: number) =>
    one<DiffusionModel>("LoraLoaderModelOnly", { model: on, lora_name, strength_model });
  const both = async (lora_name: string, strength_model: number, strength_clip: number) =>
    (await all("LoraLoader", { model, clip, lora_name, strength_model, strength_clip })) as [DiffusionModel, TextModel];
  const encode = (clip: TextModel) => one<Conditioning>("CLIPTextEncode", { text: "a red star", clip });

  async function draw(
    model: DiffusionModel,
    positive: Conditioning,
  ): Promise<{ samples: Float32Array; moved: number }> {
    const latent_image = await one<Latent>("EmptyFlux2LatentImage", { width: 32, height: 32, batch_size: 1 });
    const negative = await one<Conditioning>("ConditioningZeroOut", { conditioning: positive });
    const before = runtime.stats().counters.movedBytes;
    const { samples } = await one<Latent>("KSampler", {
      ...{ model, positive, negative, latent_image, cfg: 2, seed: 5n },
      ...{ sampler_name: "euler", scheduler: "simple", steps: 2, denoise: 1 },
    });
    return { samples, moved: runtime.stats().counters.movedBytes - before };
  }

  test("a model under LoRAs samples otherwise, and the model that was given as before", async () => {
    const positive = await encode(clip);
    const plain = await draw(model, positive);
    const outlined = await modelOnly(model, OUTLINE, 1);
    const first = await draw(outlined, positive);
    expect(first.samples).not.toEqual(plain.samples);
    // every factor takes part, those of the steps and those of what is computed before them
    const { weights } = outlined.adapters!.stack[0]!.lora;
    expect(first.moved).toBe(weights.reduce((sum, { entry }) => sum + entry.bytes, 0));
    expect(await draw(outlined, positive)).toEqual({ samples: first.samples, moved: 0 });
    expect(await draw(model, positive)).toEqual({ samples: plain.samples, moved: 0 });
    // a loader that runs again, at another strength: a stack of two halves is one whole, to a rounding
    const half = await modelOnly(model, OUTLINE, 0.5);
    const weaker = await draw(half, positive);
    expect(weaker.moved).toBe(0);
    expect(weaker.samples).not.toEqual(first.samples);
    const twice = await draw(await modelOnly(half, OUTLINE, 0.5), positive);
    expect(twice.moved).toBe(0);
    const off = twice.samples.reduce((most, value, i) => Math.max(most, Math.abs(value - first.samples[i]!)), 0);
    expect(off).toBeLessThan(1e-3);
    expect(world.warnings).toEqual([]);
  });

  test("nodes behind a LoRA keep it", async () => {
    const outlined = await modelOnly(model, OUTLINE, 1);
    const size = { max_shift: 1.15, base_shift: 0.5, width: 64, height: 64 };
    const shifted = await one<DiffusionModel>("ModelSamplingFlux", { model: outlined, ...size });
    expect(shifted.adapters).toBe(outlined.adapters);
    expect(shifted.adapters!.stack.map(({ strength, patches }) => [strength, patches.length])).toEqual([[1, 25]]);
  });

  test("strength 0 gives the values back that came in", async () => {
    expect(await modelOnly(model, OUTLINE, 0)).toBe(model);
    expect(await both(OUTLINE, 0, 0)).toEqual([model, clip]);
    const [sameModel, changedClip] = await both("text.safetensors", 0, 1);
    expect(sameModel).toBe(model);
    expect(changedClip).not.toBe(clip);
  });

  test("LoraLoader changes the text encoder too", async () => {
    const [, changed] = await both("text.safetensors", 1, 0.8);
    const [plain, other] = [await encode(clip), await encode(changed)];
    expect(other[0]!.context).not.toEqual(plain[0]!.context);
    expect((await encode(clip))[0]!.context).toEqual(plain[0]!.context);
    expect(world.warnings).toEqual([]);
  });

  test("what does not fit is one warning that counts and names", async () => {
    await modelOnly(model, "partly.safetensors", 1);
    expect(world.warnings.splice(0)).toMatchInlineSnapshot(`
      [
        "LoraLoaderModelOnly: partly.safetensors: used are 1 of its 6 layers. Left out: 4 that are not in the model ("diffusion_model.a", "diffusion_model.b", "diffusion_model.c", and 1 more); 1 of another size ("diffusion_model.img_in" is [256, 64], in weir-demo-dit.safetensors [256, 128])",
      ]
    `);
  });

  test.each([
    ["dev.safetensors", "wrong-lora"],
    ["flux1.safetensors", "wrong-lora"],
    ["text.safetensors", "wrong-lora"],
    ["a-model.safetensors", "wrong-model"],
    ["gone.safetensors", "missing-file"],
  ])("%s: %s", async (lora, code) => {
    const error: unknown = await modelOnly(model, lora, 1).catch((error: unknown) => error);
    expect(error).toMatchObject({ code });
    expect((error as Error).message.replaceAll(world.base, "BASE")).toMatchSnapshot();
  });
});

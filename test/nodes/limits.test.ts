import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import type { Latent } from "../../src/nodes/values.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { n, openWorld, type World } from "./world.ts";

const demo = fileURLToPath(new URL("../../demo/", import.meta.url));

describe("inputs at and beyond their limits", () => {
  let runtime: Runtime;
  let world: World;
  beforeAll(async () => {
    runtime = await openRuntime("cpu");
    world = openWorld({ runtime, base: demo });
  });
  afterAll(async () => {
    world.close();
    await runtime.close();
  });
  const workflow = (sampler: Record<string, unknown> = {}, size: Record<string, unknown> = {}) => ({
    unet: n("UNETLoader", { unet_name: "weir-demo-dit.safetensors", weight_dtype: "default" }),
    clip: n("CLIPLoader", { clip_name: "weir-demo-te.safetensors", type: "flux2" }),
    vae: n("VAELoader", { vae_name: "weir-demo-vae.safetensors" }),
    text: n("CLIPTextEncode", { text: "a red circle", clip: ["clip", 0] }),
    empty: n("EmptyFlux2LatentImage", { width: 16, height: 16, batch_size: 1, ...size }),
    sample: n("KSampler", {
      model: ["unet", 0],
      seed: 1,
      steps: 1,
      cfg: 1,
      sampler_name: "euler",
      scheduler: "simple",
      positive: ["text", 0],
      negative: ["text", 0],
      latent_image: ["empty", 0],
      denoise: 1,
      ...sampler,
    }),
    image: n("VAEDecode", { samples: ["sample", 0], vae: ["vae", 0] }),
    save: n("SaveImage", { images: ["image", 0], filename_prefix: "limits" }),
  });

  test.each([
    ["sample", { steps: 0 }, {}, "value_smaller_than_min"],
    ["sample", { steps: 10001 }, {}, "value_bigger_than_max"],
    ["sample", { denoise: -0.01 }, {}, "value_smaller_than_min"],
    ["sample", { denoise: 1.01 }, {}, "value_bigger_than_max"],
    ["sample", { cfg: 100.5 }, {}, "value_bigger_than_max"],
    ["sample", { sampler_name: "eulre" }, {}, "value_not_in_list"],
    ["sample", { scheduler: "fast" }, {}, "value_not_in_list"],
    ["sample", { seed: -1 }, {}, "value_smaller_than_min"],
    ["empty", {}, { width: 15 }, "value_smaller_than_min"],
    ["empty", {}, { height: 16385 }, "value_bigger_than_max"],
    ["empty", {}, { batch_size: 0 }, "value_smaller_than_min"],
    ["empty", {}, { batch_size: 4097 }, "value_bigger_than_max"],
  ])("%s %j %j: %s", async (node, sampler, size, type) => {
    const checked = await world.check(workflow(sampler, size));
    expect(checked.ok).toBe(false);
    expect(checked.nodeErrors[node]?.errors.map((error) => error.type)).toEqual([type]);
  });

  test("an unknown sampler is told with all there are", async () => {
    const checked = await world.check(workflow({ sampler_name: "eulre" }));
    expect(checked.choices["sample"]?.["sampler_name"]).toEqual(
      expect.arrayContaining(["euler", "uni_pc", "dpmpp_2m"]),
    );
  });

  test("the limits themselves are fine; no denoising gives the latent back", { timeout: 120_000 }, async () => {
    const limits = workflow({ steps: 10000, seed: 2 ** 53 }, { width: 16384, height: 16, batch_size: 4096 });
    expect((await world.check(limits)).ok).toBe(true);
    const { executed } = await world.run(workflow({ denoise: 0 }));
    expect(executed).toContain("save");
  });

  test("a picture that no memory holds is refused with sizes before anything is computed", async () => {
    const whole = workflow({}, { width: 16384, height: 16384, batch_size: 4096 });
    await expect(world.run(whole)).rejects.toMatchObject({
      code: "bad-node-input",
      message: expect.stringMatching(/16384 x 16384/),
    });
  });

  test("a LoRA file given as a model says what it is", async () => {
    const base = join(world.folders.temp, "lora-base");
    const folder = join(base, "models", "diffusion_models");
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(demo, "models/text_encoders/weir-demo-te.safetensors"), join(folder, "te.safetensors"));
    const factor = { encoding: "F32", shape: [4, 8], data: null } as const;
    await writeSafetensors(join(folder, "style.safetensors"), [
      { name: "diffusion_model.double_blocks.0.img_attn.qkv.lora_A.weight", ...factor },
      { name: "diffusion_model.double_blocks.0.img_attn.qkv.lora_B.weight", ...factor },
    ]);
    const other = openWorld({ runtime, base });
    try {
      const load = (unet_name: string) =>
        other.node("UNETLoader").execute({ unet_name, weight_dtype: "default" }, other.context());
      await expect(load("style.safetensors")).rejects.toMatchObject({
        code: "wrong-model",
        message: expect.stringMatching(/LoRA/i),
      });
      await expect(load("te.safetensors")).rejects.toMatchObject({ code: "wrong-model" });
    } finally {
      other.close();
    }
  });

  test("a latent comes back from its file", async () => {
    const samples = new Float32Array(128 * 4).map((_, i) => Math.sin(i));
    const latent: Latent = { batch: 1, channels: 128, height: 2, width: 2, samples };
    const context = world.context();
    const saved = await world.node("SaveLatent").execute({ samples: latent, filename_prefix: "latents/x" }, context);
    const [file] = saved.ui!["latents"] as [{ filename: string; subfolder: string }];
    expect(readdirSync(join(world.folders.output, file.subfolder))).toContain(file.filename);
    const name = `${file.subfolder}/${file.filename} [output]`;
    const loaded = await world.node("LoadLatent").execute({ latent: name }, context);
    expect(loaded.outputs[0]).toEqual(latent);
    copyFileSync(join(world.folders.output, file.subfolder, file.filename), join(world.folders.input, "y.latent"));
    expect(world.folders.list("latents")).toEqual(["y.latent"]);
  });
});

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImageBatch } from "../../src/image/image.ts";
import type { DiffusionModel, Latent, TextModel, Vae } from "../../src/nodes/values.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { n, openWorld, type World } from "./world.ts";

const demo = fileURLToPath(new URL("../../demo/", import.meta.url));

describe("nodes with the demo models, on the CPU", () => {
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
  const one = async <T>(name: string, inputs: Record<string, unknown>) =>
    (await world.node(name).execute(inputs, world.context())).outputs[0] as T;

  test("SamplerCustomAdvanced and KSampler agree, and img2img starts from what VAEEncode gave", {
    timeout: 300_000,
  }, async () => {
    const model = await one<DiffusionModel>("UNETLoader", {
      unet_name: "weir-demo-dit.safetensors",
      weight_dtype: "default",
    });
    const clip = await one<TextModel>("CLIPLoader", { clip_name: "weir-demo-te.safetensors", type: "flux2" });
    const vae = await one<Vae>("VAELoader", { vae_name: "weir-demo-vae.safetensors" });
    const positive = await one("CLIPTextEncode", { text: "a red circle", clip });
    const negative = await one("ConditioningZeroOut", { conditioning: positive });
    const empty = await one<Latent>("EmptyFlux2LatentImage", { width: 32, height: 48, batch_size: 1 });
    const shared = { sampler_name: "euler", scheduler: "simple", steps: 2, denoise: 1 };
    const settings = { model, positive, negative, cfg: 2, seed: 5n, latent_image: empty };
    const whole = await one<Latent>("KSampler", { ...settings, ...shared });

    const guider = await one("CFGGuider", { model, positive, negative, cfg: 2 });
    const parts = await world.node("SamplerCustomAdvanced").execute(
      {
        noise: await one("RandomNoise", { noise_seed: 5 }),
        guider,
        sampler: await one("KSamplerSelect", { sampler_name: "euler" }),
        sigmas: await one("BasicScheduler", { model, ...shared }),
        latent_image: empty,
      },
      world.context(),
    );
    const [output, denoised] = parts.outputs as [Latent, Latent];
    expect(output.samples).toEqual(whole.samples);
    expect(denoised.samples).toEqual(whole.samples); // the last sigma is 0: the last prediction is the result

    const image = await one<ImageBatch>("VAEDecode", { samples: whole, vae });
    expect([image.batch, image.height, image.width, image.channels]).toEqual([1, 48, 32, 3]);
    expect(image.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    const encoded = await one<Latent>("VAEEncode", { pixels: image, vae });
    expect([encoded.channels, encoded.height, encoded.width]).toEqual([128, 3, 2]);
    const again = await one<ImageBatch>("VAEDecode", { samples: encoded, vae });
    const apart = again.data.reduce((sum, value, i) => sum + Math.abs(value - image.data[i]!), 0) / again.data.length;
    expect(apart).toBeLessThan(0.1);
    const half = await one<Latent>("KSampler", { ...settings, ...shared, latent_image: encoded, denoise: 0.5 });
    expect(half.samples).not.toEqual(whole.samples);
  });

  test("a batch decodes picture by picture", {
    timeout: 300_000,
  }, async () => {
    const vae = await one<Vae>("VAELoader", { vae_name: "weir-demo-vae.safetensors" });
    const samples = new Float32Array(2 * 128 * 4).map((_, i) => Math.sin(i));
    const pair: Latent = { batch: 2, channels: 128, height: 2, width: 2, samples };
    const both = await one<ImageBatch>("VAEDecode", { samples: pair, vae });
    const second = await one<ImageBatch>("VAEDecode", {
      samples: { ...pair, batch: 1, samples: samples.slice(512) },
      vae,
    });
    expect(both.data.slice(both.data.length / 2)).toEqual(second.data);
  });

  test("in tiles a picture is made near to the whole, and one that fits a tile is the whole", {
    timeout: 300_000,
  }, async () => {
    const vae = await one<Vae>("VAELoader", { vae_name: "weir-demo-vae.safetensors" });
    const samples = new Float32Array(128 * 5 * 6).map((_, i) => Math.sin(i * i));
    const latent: Latent = { batch: 1, channels: 128, height: 5, width: 6, samples };
    const off = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
    const temporal = { temporal_size: 64, temporal_overlap: 8 };
    const decode = (tile_size: number) =>
      one<ImageBatch>("VAEDecodeTiled", { samples: latent, vae, tile_size, overlap: 32, ...temporal });
    const whole = await one<ImageBatch>("VAEDecode", { samples: latent, vae });
    const [large, small] = [await decode(512), await decode(64)];
    expect(off(large.data, whole.data)).toBeLessThan(1e-6);
    expect([small.height, small.width, small.data.length]).toEqual([80, 96, whole.data.length]);
    expect(off(small.data, whole.data)).toBeGreaterThan(0);
    expect(off(small.data, whole.data)).toBeLessThan(0.1);

    const encode = (tile_size: number, overlap: number) =>
      one<Latent>("VAEEncodeTiled", { pixels: whole, vae, tile_size, overlap, ...temporal });
    const straight = await one<Latent>("VAEEncode", { pixels: whole, vae });
    expect(off((await encode(512, 64)).samples, straight.samples)).toBeLessThan(1e-6);
    expect((await encode(64, 16)).samples.length).toBe(straight.samples.length);
    await expect(encode(64, 32)).rejects.toMatchObject({
      code: "bad-model-input",
      message: /less than half of tile_size/,
    });
  });

  test("a picture that does not fit names the node that makes it in tiles, which then works", {
    timeout: 300_000,
  }, async () => {
    const tight = await openRuntime("cpu", { vram: 34 * 2 ** 20 });
    const narrow = openWorld({ runtime: tight, base: demo });
    try {
      const make = async <T>(name: string, inputs: Record<string, unknown>) =>
        (await narrow.node(name).execute(inputs, narrow.context())).outputs[0] as T;
      const vae = await make<Vae>("VAELoader", { vae_name: "weir-demo-vae.safetensors" });
      const samples = new Float32Array(128 * 8 * 8).map((_, i) => Math.sin(i));
      const latent: Latent = { batch: 1, channels: 128, height: 8, width: 8, samples };
      await expect(make("VAEDecode", { samples: latent, vae })).rejects.toMatchObject({
        code: "does-not-fit",
        message: expect.stringMatching(/Try --vram \S+\. VAEDecodeTiled needs less: it goes tile by tile\.$/),
      });
      const tiles = { tile_size: 64, overlap: 16, temporal_size: 64, temporal_overlap: 8 };
      const image = await make<ImageBatch>("VAEDecodeTiled", { samples: latent, vae, ...tiles });
      expect([image.height, image.width]).toEqual([128, 128]);
      expect(tight.stats().vram.peak).toBeLessThanOrEqual(34 * 2 ** 20);
    } finally {
      narrow.close();
      await tight.close();
    }
  });

  test("an interrupt stops a sampler, and what was announced is over", { timeout: 300_000 }, async () => {
    const model = await one<DiffusionModel>("UNETLoader", {
      unet_name: "weir-demo-dit.safetensors",
      weight_dtype: "default",
    });
    const clip = await one<TextModel>("CLIPLoader", { clip_name: "weir-demo-te.safetensors", type: "flux2" });
    const positive = await one("CLIPTextEncode", { text: "a red circle", clip });
    const controller = new AbortController();
    const context = { ...world.context({ signal: controller.signal }), progress: () => controller.abort() };
    const inputs = {
      noise: { seed: 0n },
      guider: await one("BasicGuider", { model, conditioning: positive }),
      sampler: { name: "euler" },
      sigmas: await one("Flux2Scheduler", { steps: 50, width: 32, height: 32 }),
      latent_image: await one("EmptyFlux2LatentImage", { width: 32, height: 32, batch_size: 1 }),
    };
    await expect(world.node("SamplerCustomAdvanced").execute(inputs, context)).rejects.toThrow("interrupted");
    await one("CLIPTextEncode", { text: "still works", clip });
  });
});

describe("bad models", () => {
  let runtime: Runtime;
  let world: World;
  beforeAll(async () => {
    runtime = await openRuntime("cpu");
    world = openWorld({ runtime });
    const put = (from: string, ...to: string[]) => {
      mkdirSync(join(world.base, "models", to[0]!), { recursive: true });
      copyFileSync(join(demo, "models", from), join(world.base, "models", ...to));
    };
    put("vae/weir-demo-vae.safetensors", "diffusion_models", "really-a-vae.safetensors");
    put("diffusion_models/weir-demo-dit.safetensors", "vae", "really-a-dit.safetensors");
    put("loras/weir-demo-outline.safetensors", "text_encoders", "really-a-lora.safetensors");
    writeFileSync(join(world.base, "models", "vae", "cut.safetensors"), Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 0x7b]));
  });
  afterAll(async () => {
    world.close();
    await runtime.close();
  });

  test("a missing one is invalid, and the message names what exists", async () => {
    const result = await world.check({
      "1": n("VAELoader", { vae_name: "mine.safetensors" }),
      "2": n("EmptyFlux2LatentImage", { width: 64, height: 64, batch_size: 1 }),
      "3": n("VAEDecode", { samples: ["2", 0], vae: ["1", 0] }),
      "4": n("PreviewImage", { images: ["3", 0] }),
    });
    expect(result.nodeErrors["1"]!.errors[0]).toMatchObject({
      type: "value_not_in_list",
      details: "vae_name: 'mine.safetensors' not in ['cut.safetensors', 'really-a-dit.safetensors', 'pixel_space']",
    });
  });

  test.each([
    [
      "UNETLoader",
      { unet_name: "really-a-vae.safetensors", weight_dtype: "default" },
      "wrong-model",
      "it looks like a Flux 2 VAE",
    ],
    ["VAELoader", { vae_name: "really-a-dit.safetensors" }, "wrong-model", "it looks like a Flux 2 transformer"],
    ["CLIPLoader", { clip_name: "really-a-lora.safetensors", type: "flux2" }, "wrong-model", "it looks like a LoRA"],
    ["VAELoader", { vae_name: "cut.safetensors" }, "corrupt-file", "cut.safetensors"],
    [
      "UNETLoader",
      { unet_name: "gone.safetensors", weight_dtype: "default" },
      "missing-file",
      "it has really-a-vae.safetensors",
    ],
    ["CLIPLoader", { clip_name: "really-a-lora.safetensors", type: "sd3" }, "not-supported", "flux2 is"],
  ])("%s %j: %s", async (name, inputs, code, message) => {
    const running = world.node(name).execute(inputs, world.context());
    await expect(running).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

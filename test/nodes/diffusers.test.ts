import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWeights } from "../../src/formats/openWeights.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import type { Conditioning, DiffusionModel, Latent } from "../../src/nodes/values.ts";
import { root } from "../cli/built.ts";
import { weir } from "../cli/harness.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { writeDiffusersFile } from "../support/writeDiffusersFile.ts";
import { openWorld } from "./world.ts";

const DEMO = join(root, "demo/models");
const DIT = join(DEMO, "diffusion_models/weir-demo-dit.safetensors");

describe("a Flux 2 transformer as diffusers saves it", () => {
  const base = mkdtempSync(join(tmpdir(), "weir-diffusers-"));
  const file = (name: string) => join(base, "models/diffusion_models", name);
  beforeAll(async () => {
    for (const folder of ["diffusion_models", "loras"]) mkdirSync(join(base, "models", folder), { recursive: true });
    copyFileSync(DIT, file("published.safetensors"));
    copyFileSync(join(DEMO, "loras/weir-demo-outline.safetensors"), join(base, "models/loras/lora.safetensors"));
    await writeDiffusersFile(DIT, file("diffusers.safetensors"));
    await writeDiffusersFile(DIT, file("prefixed.safetensors"), { prefix: "transformer." });
  });
  afterAll(() => rmSync(base, { recursive: true }));

  async function draw(unet_name: string, { share = 1, lora = false } = {}): Promise<Float32Array> {
    const runtime = await openRuntime("cpu", { precision: "native", vramWeights: { share } });
    const world = openWorld({ runtime, base });
    const one = async <T>(name: string, inputs: object) =>
      (await world.node(name).execute({ ...inputs }, world.context())).outputs[0] as T;
    try {
      const plain = await one<DiffusionModel>("UNETLoader", { unet_name, weight_dtype: "default" });
      const model = lora
        ? await one<DiffusionModel>("LoraLoaderModelOnly", {
            model: plain,
            lora_name: "lora.safetensors",
            strength_model: 1,
          })
        : plain;
      const { context: width } = plain.network.dims;
      const context = new Float32Array(16 * width).map((_, i) => Math.sin(i));
      const positive: Conditioning = [{ context, tokens: 16, width }];
      const latent_image = await one("EmptyFlux2LatentImage", { width: 64, height: 64, batch_size: 1 });
      const settings = { sampler_name: "euler", scheduler: "simple", steps: 2, denoise: 1, cfg: 1, seed: 5n };
      const { samples } = await one<Latent>("KSampler", {
        model,
        positive,
        negative: positive,
        latent_image,
        ...settings,
      });
      return samples;
    } finally {
      world.close();
      await runtime.close();
    }
  }

  test("draws the published file's latents, bit by bit, at every budget, behind a prefix, under a LoRA", {
    timeout: 120_000,
  }, async () => {
    const published = await draw("published.safetensors");
    expect(published.every(Number.isFinite)).toBe(true);
    for (const share of [1, 0.3]) expect(await draw("diffusers.safetensors", { share })).toEqual(published);
    expect(await draw("prefixed.safetensors")).toEqual(published);
    const changed = await draw("published.safetensors", { lora: true });
    expect(changed).not.toEqual(published);
    expect(await draw("diffusers.safetensors", { lora: true })).toEqual(changed);
  });

  test("reads any bytes of a joined matrix", async () => {
    const [ours, theirs] = [
      openFlux2(await openWeights(DIT)),
      openFlux2(await openWeights(file("diffusers.safetensors"))),
    ];
    expect(theirs.dims).toEqual(ours.dims);
    for (const [i, { name, entry, shape }] of ours.weights.entries()) {
      const other = theirs.weights[i]!;
      expect([other.name, other.shape, other.entry.bytes]).toEqual([name, shape, entry.bytes]);
      for (const [offset, length] of [
        [0, entry.bytes],
        [Math.floor(entry.bytes / 3) - 1, 2],
        [Math.floor(entry.bytes / 4), Math.floor(entry.bytes / 2)],
      ] as const) {
        const [a, b] = [new Uint8Array(length), new Uint8Array(length)];
        await ours.source.read(entry.name, offset, a);
        await theirs.source.read(other.entry.name, offset, b);
        expect(Buffer.compare(a, b)).toBe(0);
      }
    }
    await ours.source.close();
    await theirs.source.close();
  });

  test("quantised by weir quantize it is the published file's quantised one", { timeout: 120_000 }, async () => {
    for (const name of ["published", "diffusers"])
      expect((await weir(["quantize", file(`${name}.safetensors`), file(`${name}.gguf`), "--type", "q5_k"])).code).toBe(
        0,
      );
    expect(await draw("diffusers.gguf", { share: 0.5 })).toEqual(await draw("published.gguf"));
  });

  test("a part that is missing, or of another encoding, is named", async () => {
    const open = async (name: string) => openFlux2(await openWeights(file(name)));
    const lost = "transformer_blocks.0.attn.to_k.weight";
    await writeDiffusersFile(DIT, file("lost.safetensors"), {
      change: (tensors) => tensors.filter(({ name }) => name !== lost),
    });
    await expect(open("lost.safetensors")).rejects.toThrow(
      "tensor double_blocks.0.img_attn.qkv.weight lacks one of its three parts beside transformer_blocks.0.attn.to_q.weight",
    );
    await writeDiffusersFile(DIT, file("mixed.safetensors"), {
      change: (tensors) =>
        tensors.map((tensor) => (tensor.name === lost ? { ...tensor, encoding: "F16" as const } : tensor)),
    });
    await expect(open("mixed.safetensors")).rejects.toThrow(/to_k.weight is F16 .* BF16/);
  });
});

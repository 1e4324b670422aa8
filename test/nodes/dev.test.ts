import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import type { Conditioning, Latent } from "../../src/nodes/values.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { random } from "../ops/operands.ts";
import { flux2Shapes } from "../support/flux2File.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { textShapes } from "../support/textShapes.ts";
import { openWorld, type World } from "./world.ts";

/** Tiny models of Flux 2 dev's kinds: a Mistral 3 cut off behind three layers, with its tokenizer, and a transformer with guidance. */
const HIDDEN = 64;
const text = textShapes({
  vocabulary: 300,
  hidden: HIDDEN,
  inner: 96,
  layers: 3,
  heads: 2,
  kvHeads: 1,
  headDim: 128,
  headNorms: false,
  finalNorm: false,
});
const transformer = {
  ...flux2Shapes({ hidden: 128, double: 1, single: 1, context: 3 * HIDDEN }),
  "guidance_in.in_layer.weight": [128, 256],
  "guidance_in.out_layer.weight": [128, 128],
};
const tekken = {
  config: { default_vocab_size: 300, default_num_special_tokens: 10 },
  vocab: Array.from({ length: 256 }, (_, rank) => ({ rank, token_bytes: Buffer.from([rank]).toString("base64") })),
  special_tokens: ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"].map(
    (token_str, rank) => ({ rank, token_str }),
  ),
};

function filled(shapes: Readonly<Record<string, readonly number[]>>) {
  const next = random(3);
  return Object.entries(shapes).map(([name, shape]) => {
    const spread = shape.length === 1 ? 0.1 : 2 / Math.sqrt(shape[1]!);
    const values = new Float32Array(shape.reduce((n, size) => n * size, 1)).map(
      () => (shape.length === 1 ? 1 : 0) + (next() - 0.5) * spread,
    );
    return { name, encoding: "F32" as const, shape, data: new Uint8Array(values.buffer) };
  });
}

describe("nodes with models of Flux 2 dev's kinds, on the CPU", () => {
  let base: string;
  let runtime: Runtime;
  let world: World;
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "weir-dev-"));
    for (const folder of ["text_encoders", "diffusion_models"])
      mkdirSync(join(base, "models", folder), { recursive: true });
    const json = new TextEncoder().encode(JSON.stringify(tekken));
    const tokenizer = { name: "tekken_model", encoding: "U8" as const, shape: [json.length], data: json };
    const file = (folder: string, name: string) => join(base, "models", folder, `${name}.safetensors`);
    await writeSafetensors(file("text_encoders", "mistral"), [...filled(text), tokenizer]);
    await writeSafetensors(file("text_encoders", "bare"), filled(text));
    await writeSafetensors(file("diffusion_models", "dev"), filled(transformer));
    runtime = await openRuntime("cpu");
    world = openWorld({ runtime, base });
  });
  afterAll(async () => {
    world.close();
    await runtime.close();
    rmSync(base, { recursive: true });
  });
  const one = async <T>(name: string, inputs: Record<string, unknown>) =>
    (await world.node(name).execute(inputs, world.context())).outputs[0] as T;
  const encode = async (text: string, file = "mistral") =>
    one<Conditioning>("CLIPTextEncode", {
      text,
      clip: await one("CLIPLoader", { clip_name: `${file}.safetensors`, type: "flux2" }),
    });

  test("the file tells that it is a Mistral 3; its prompts have no pads", async () => {
    const [short, long] = [(await encode("a"))[0]!, (await encode("a red fox"))[0]!];
    expect(short.width).toBe(3 * HIDDEN);
    expect(long.tokens - short.tokens).toBe(8); // a token a byte here
    expect(long.context.length).toBe(long.tokens * long.width);
    expect(long.context.every(Number.isFinite)).toBe(true);
    // It is causal: what both begin with has the same context, whatever follows. Kernels differ in the last bits.
    const shared = (short.tokens - 1) * short.width;
    const apart = short.context.subarray(0, shared).map((value, i) => Math.abs(value - long.context[i]!));
    expect(Math.max(...apart)).toBeLessThan(1e-4);
  });

  test("without its tokenizer it says where to get one that has it", () =>
    expect(encode("a", "bare")).rejects.toMatchObject({
      code: "bad-tokenizer",
      message: expect.stringContaining("lacks the tensor tekken_model; the files that Comfy-Org/flux2-dev offers"),
    }));

  test("guidance is 3.5 unless said; references change the picture, and so does how they are placed", {
    timeout: 120_000,
  }, async () => {
    const model = await one("UNETLoader", { unet_name: "dev.safetensors", weight_dtype: "default" });
    const conditioning = await encode("a red fox");
    const empty = await one<Latent>("EmptyFlux2LatentImage", { width: 64, height: 48, batch_size: 1 });
    const draw = async (positive: Conditioning) => {
      const settings = { sampler_name: "euler", scheduler: "simple", steps: 2, denoise: 1, cfg: 1, seed: 5n };
      return (await one<Latent>("KSampler", { model, positive, negative: positive, latent_image: empty, ...settings }))
        .samples;
    };
    const guided = (guidance: number) => one<Conditioning>("FluxGuidance", { conditioning, guidance });
    const plain = await draw(conditioning);
    expect(plain.every(Number.isFinite)).toBe(true);
    expect(await draw(await guided(3.5))).toEqual(plain);
    expect(await draw(await guided(1))).not.toEqual(plain);

    const latent = { ...empty, samples: empty.samples.map((_, i) => Math.sin(i)) };
    const looking = await one<Conditioning>("ReferenceLatent", { conditioning, latent });
    const drawn = [plain, await draw(looking)];
    for (const reference_latents_method of ["offset", "uxo/uno", "index_timestep_zero"]) {
      const inputs = { conditioning: looking, reference_latents_method };
      drawn.push(await draw(await one("FluxKontextMultiReferenceLatentMethod", inputs)));
    }
    expect(new Set(drawn.map((samples) => samples.join())).size).toBe(5);
  });

  test("guidance can be left out; guidance by a negative can be brought back to the positive's contrast, masks can open", {
    timeout: 120_000,
  }, async () => {
    const model = await one("UNETLoader", { unet_name: "dev.safetensors", weight_dtype: "default" });
    const [positive, negative] = [await encode("a red fox"), await encode("a dog")];
    const empty = await one<Latent>("EmptyFlux2LatentImage", { width: 64, height: 48, batch_size: 2 });
    const latent = { ...empty, samples: empty.samples.map((_, i) => Math.sin(i)) };
    const settings = { sampler_name: "euler", scheduler: "simple", steps: 2, denoise: 1, seed: 5n };
    const draw = async (inputs: Record<string, unknown>) =>
      (
        await one<Latent>("KSampler", {
          model,
          positive,
          negative,
          latent_image: empty,
          cfg: 1,
          ...settings,
          ...inputs,
        })
      ).samples;

    const told = await draw({});
    const untold = await one<Conditioning>("FluxDisableGuidance", { conditioning: positive });
    const left = await draw({ positive: untold });
    expect(left.every(Number.isFinite)).toBe(true);
    expect(left).not.toEqual(told);
    expect(left).not.toEqual(
      await draw({ positive: await one("FluxGuidance", { conditioning: positive, guidance: 0 }) }),
    );

    const rescaled = (multiplier: number) => one("RescaleCFG", { model, multiplier });
    const guided = await draw({ cfg: 6 });
    const near = await draw({ cfg: 6, model: await rescaled(0) });
    expect(Math.max(...near.map((v, i) => Math.abs(v - guided[i]!)))).toBeLessThan(1e-2);
    const flat = await draw({ cfg: 6, model: await rescaled(1) });
    expect(flat.every(Number.isFinite)).toBe(true);
    expect(flat).not.toEqual(guided);

    const mask = { batch: 1, width: 4, height: 3, data: new Float32Array(12).map((_, i) => (i < 6 ? 0.5 : 1)) };
    const masked = await one<Latent>("SetLatentNoiseMask", { samples: latent, mask });
    const opening = await one("DifferentialDiffusion", { model });
    const [still, opened] = [
      await draw({ latent_image: masked }),
      await draw({ latent_image: masked, model: opening }),
    ];
    expect(opened.every(Number.isFinite)).toBe(true);
    expect(opened).not.toEqual(still);
    // with no place to open late it is as without
    const whole = { latent_image: { ...latent, noiseMask: { ...mask, data: new Float32Array(12).fill(1) } } };
    expect(await draw({ ...whole, model: opening })).toEqual(await draw(whole));
  });
});

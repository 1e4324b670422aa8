import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { f32ToBf16 } from "../../src/formats/halfFloat.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import type { ImageBatch } from "../../src/image/image.ts";
import type { Conditioning, Latent } from "../../src/nodes/values.ts";
import { root } from "../cli/built.ts";
import { random } from "../ops/operands.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { textShapes } from "../support/textShapes.ts";
import { isGguf, TEXT_FORMS, type TextForm, writeTextForm } from "../support/writeTextForm.ts";
import { openWorld } from "./world.ts";

const PARTS = {
  text_encoders: "weir-demo-te",
  diffusion_models: "weir-demo-dit",
  vae: "weir-demo-vae",
} as const;
type Options = NonNullable<Parameters<typeof openRuntime>[1]>;

const rms = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const apart = (a: Float32Array, b: Float32Array): number => rms(a.map((value, i) => value - b[i]!)) / rms(b);

describe("text encoders in small forms, from the file to the picture", () => {
  const base = mkdtempSync(join(tmpdir(), "weir-text-forms-"));
  const place = (folder: string, name: string) => join(base, "models", folder, name);
  let bytes = 0;
  beforeAll(async () => {
    for (const [folder, name] of Object.entries(PARTS)) {
      mkdirSync(join(base, "models", folder), { recursive: true });
      const file = join(root, "demo/models", folder, `${name}.safetensors`);
      copyFileSync(file, place(folder, `${name}.safetensors`));
      bytes += statSync(file).size;
    }
    await writeMade(place("text_encoders", "qwen.safetensors"), "qwen");
    await writeMade(place("text_encoders", "mistral.safetensors"), "mistral");
    for (const form of TEXT_FORMS)
      for (const name of [PARTS.text_encoders, "qwen", "mistral"])
        await writeTextForm(
          place("text_encoders", `${name}.safetensors`),
          place("text_encoders", fileOf(name, form)),
          form,
        );
  }, 240_000);
  afterAll(() => rmSync(base, { recursive: true }));

  const fileOf = (name: string, form: TextForm | null): string =>
    form === null ? `${name}.safetensors` : `${name}-${form}.${isGguf(form) ? "gguf" : "safetensors"}`;

  async function session<T>(
    options: Options,
    use: (one: <V>(name: string, inputs: object) => Promise<V>) => Promise<T>,
  ): Promise<T> {
    const runtime = await openRuntime("cpu", options);
    const world = openWorld({ runtime, base });
    try {
      return await use(
        async <V>(name: string, inputs: object) =>
          (await world.node(name).execute({ ...inputs }, world.context())).outputs[0] as V,
      );
    } finally {
      world.close();
      await runtime.close();
    }
  }
  const encode = (options: Options, name: string, form: TextForm | null, text = "a red circle on a blue background") =>
    session(options, async (one) => {
      const loader = form !== null && isGguf(form) ? "CLIPLoaderGGUF" : "CLIPLoader";
      const clip = await one(loader, { clip_name: fileOf(name, form), type: "flux2" });
      return (await one<Conditioning>("CLIPTextEncode", { text, clip }))[0]!.context;
    });
  const draw = (options: Options, form: TextForm | null) =>
    session(options, async (one) => {
      // the plain loader takes a GGUF too
      const clip = await one("CLIPLoader", { clip_name: fileOf(PARTS.text_encoders, form), type: "flux2" });
      const model = await one("UNETLoader", {
        unet_name: `${PARTS.diffusion_models}.safetensors`,
        weight_dtype: "default",
      });
      const vae = await one("VAELoader", { vae_name: `${PARTS.vae}.safetensors` });
      const positive = await one<Conditioning>("CLIPTextEncode", { text: "a red circle on a blue background", clip });
      const latent_image = await one("EmptyFlux2LatentImage", { width: 64, height: 64, batch_size: 1 });
      const settings = { sampler_name: "euler", scheduler: "simple", steps: 2, denoise: 1, cfg: 1, seed: 5n };
      const samples = await one<Latent>("KSampler", { model, positive, negative: positive, latent_image, ...settings });
      return { context: positive[0]!.context, image: (await one<ImageBatch>("VAEDecode", { samples, vae })).data };
    });

  /** Largest error of the context, as a share of its size, and of the picture, whose values go from 0 to 1, by its mean. As docs/quantised.md states them. */
  const DEMO: Readonly<Record<TextForm, readonly [context: number, picture: number]>> = {
    q8_0: [0.01, 0.0003],
    q4_k: [0.05, 0.003],
    scaled_fp8: [0.03, 0.0008],
    float8_e4m3fn: [0.03, 0.0008],
  };
  test.each(TEXT_FORMS)(
    "the demo's as %s draws near the f32 picture, the same at every budget",
    { timeout: 240_000 },
    async (form) => {
      const exact = await draw({ precision: "fp32" }, null);
      const whole = await draw({ precision: "native" }, form);
      const error =
        whole.image.reduce((sum, value, i) => sum + Math.abs(value - exact.image[i]!), 0) / whole.image.length;
      expect(apart(whole.context, exact.context)).toBeLessThan(DEMO[form][0]);
      expect(error).toBeLessThan(DEMO[form][1]);
      expect(whole.context).not.toEqual(exact.context);
      // of all three models' bytes; the largest stage takes 15 %
      for (const share of [0.3, 0.16])
        expect(await draw({ precision: "native", vramWeights: { bytes: Math.floor(share * bytes) } }, form)).toEqual(
          whole,
        );
    },
  );

  /** Of random numbers, fifteen layers on end. */
  const MADE: Readonly<Record<TextForm, number>> = { q8_0: 0.03, q4_k: 0.25, scaled_fp8: 0.15, float8_e4m3fn: 0.15 };
  test.each(TEXT_FORMS.flatMap((form) => ["qwen", "mistral"].map((name) => [name, form] as const)))(
    "a %s of many layers as %s, with a tenth of its weights in memory",
    { timeout: 240_000 },
    async (name, form) => {
      const exact = await encode({ precision: "fp32" }, name, null);
      const whole = await encode({ precision: "native" }, name, form);
      expect(apart(whole, exact)).toBeLessThan(MADE[form]);
      for (const share of [0.3, 0.1])
        expect(await encode({ precision: "native", vramWeights: { share } }, name, form)).toEqual(whole);
    },
  );
});

/** A Qwen3 with the demo's tokenizer, or a Mistral 3 cut off behind its last tap with a vocabulary of bytes: rows of whole blocks of 256. */
async function writeMade(file: string, kind: "qwen" | "mistral"): Promise<void> {
  const qwen = kind === "qwen";
  const shapes = textShapes({
    vocabulary: 464,
    hidden: 256,
    inner: 256,
    layers: qwen ? 20 : 15,
    heads: 2,
    kvHeads: 1,
    headDim: 128,
    headNorms: qwen,
    finalNorm: qwen,
  });
  const next = random(3);
  const tensors: TensorToWrite[] = Object.entries(shapes).map(([name, shape]) => {
    const vector = shape.length === 1;
    const spread = vector ? 0.1 : 2 / Math.sqrt(shape[1]!);
    const values = new Float32Array(shape.reduce((n, size) => n * size, 1)).map(
      () => (vector ? 1 : 0) + (next() - 0.5) * spread,
    );
    return { name, encoding: "BF16", shape, data: new Uint8Array(f32ToBf16(values).buffer) };
  });
  await writeSafetensors(file, [...tensors, qwen ? await demoTokenizer() : byteTokenizer()]);
}

async function demoTokenizer(): Promise<TensorToWrite> {
  const source = await openSafetensors(join(root, "demo/models/text_encoders/weir-demo-te.safetensors"));
  const { bytes } = source.tensors.get("tokenizer_json")!;
  const data = new Uint8Array(bytes);
  await source.read("tokenizer_json", 0, data);
  await source.close();
  return { name: "tokenizer_json", encoding: "U8", shape: [bytes], data };
}

function byteTokenizer(): TensorToWrite {
  const special = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"];
  const json = {
    config: { default_vocab_size: 300, default_num_special_tokens: 10 },
    vocab: Array.from({ length: 256 }, (_, rank) => ({ rank, token_bytes: Buffer.from([rank]).toString("base64") })),
    special_tokens: special.map((token_str, rank) => ({ rank, token_str })),
  };
  const data = new TextEncoder().encode(JSON.stringify(json));
  return { name: "tekken_model", encoding: "U8", shape: [data.length], data };
}

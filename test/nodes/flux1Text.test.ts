import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGguf } from "../../src/formats/gguf/gguf.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { type LoraModel, openLora } from "../../src/models/lora/index.ts";
import type { Conditioning, DiffusionModel, TextModel } from "../../src/nodes/values.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { root } from "../cli/built.ts";
import { weir } from "../cli/harness.ts";
import { memorySource } from "../lora/loraFiles.ts";
import { t5Tensors, writeFlux1Text } from "../support/flux1TextFiles.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { openWorld } from "./world.ts";

const PROMPT = "a (red:1.3) fox, (under (snow):0.7) and \\(ice\\)";

describe("Flux 1's two text encoders", () => {
  const base = mkdtempSync(path.join(tmpdir(), "weir-flux1-text-"));
  const folder = path.join(base, "models/text_encoders");
  const transformers = path.join(base, "models/diffusion_models");
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    mkdirSync(transformers);
    await writeFlux1Text(folder);
    const demo = path.join(root, "demo/models");
    copyFileSync(path.join(demo, "text_encoders/weir-demo-te.safetensors"), path.join(folder, "te.safetensors"));
    copyFileSync(
      path.join(demo, "diffusion_models/weir-demo-dit.safetensors"),
      path.join(transformers, "dit.safetensors"),
    );
  });
  afterAll(() => rmSync(base, { recursive: true }));

  interface Opened {
    readonly runtime: Runtime;
    one<T>(name: string, inputs: Record<string, unknown>): Promise<T>;
  }
  async function inWorld<T>(
    options: Parameters<typeof openRuntime>[1],
    use: (opened: Opened) => Promise<T>,
  ): Promise<T> {
    const runtime = await openRuntime("cpu", options);
    const world = openWorld({ runtime, base });
    try {
      return await use({
        runtime,
        one: async <V>(name: string, inputs: Record<string, unknown>) =>
          (await world.node(name).execute(inputs, world.context())).outputs[0] as V,
      });
    } finally {
      world.close();
      await runtime.close();
    }
  }
  const files = { clip_name1: "clip_l.safetensors", clip_name2: "t5xxl.safetensors", type: "flux" };
  const encode = (options: Parameters<typeof openRuntime>[1], loader = "DualCLIPLoader", inputs: object = files) =>
    inWorld(options, async ({ one }) => {
      const clip = await one<TextModel>(loader, { ...inputs });
      return (await one<Conditioning>("CLIPTextEncode", { text: PROMPT, clip }))[0]!;
    });

  test("one context of 256 tokens and one pooled row, whichever file comes first, at every budget", async () => {
    const whole = await encode({});
    expect(whole).toMatchObject({ tokens: 256, width: 64 });
    expect([whole.context.length, whole.pooled!.length]).toEqual([256 * 64, 64]);
    expect([...whole.context, ...whole.pooled!].every(Number.isFinite)).toBe(true);
    const turned = await encode({}, "DualCLIPLoader", {
      clip_name1: files.clip_name2,
      clip_name2: files.clip_name1,
      type: "flux",
    });
    expect(turned).toEqual(whole);
    for (const share of [0.3, 0.1]) expect(await encode({ vramWeights: { share } })).toEqual(whole);
  });

  test("CLIPTextEncodeFlux has a text for each, and says how strongly to follow", async () => {
    await inWorld({}, async ({ one }) => {
      const clip = await one<TextModel>("DualCLIPLoader", files);
      const both = (await one<Conditioning>("CLIPTextEncode", { text: PROMPT, clip }))[0]!;
      const flux = async (clip_l: string, t5xxl: string) =>
        (await one<Conditioning>("CLIPTextEncodeFlux", { clip, clip_l, t5xxl, guidance: 2.5 }))[0]!;
      expect(await flux(PROMPT, PROMPT)).toEqual({ ...both, guidance: 2.5 });
      const other = await flux("a cat", PROMPT);
      expect(other.context).toEqual(both.context);
      expect(other.pooled).not.toEqual(both.pooled);
      expect((await flux(PROMPT, "a cat")).context).not.toEqual(both.context);
      // weights count, and a long prompt is more tokens: a fox is two
      expect((await flux(PROMPT, PROMPT.replace("1.3", "1.0"))).context).not.toEqual(both.context);
      expect((await flux("", "fox ".repeat(400))).tokens).toBe(801);
    });
  });

  test("as GGUF through DualCLIPLoaderGGUF: near the same", { timeout: 120_000 }, async () => {
    for (const name of ["clip_l", "t5xxl"])
      expect(
        (await weir(["quantize", `${name}.safetensors`, `${name}.gguf`, "--type", "q8_0"], { cwd: folder })).code,
      ).toBe(0);
    const made = await openGguf(path.join(folder, "t5xxl.gguf"));
    expect(made.architecture).toBe("t5encoder");
    // places stay wide
    expect(made.tensors.get("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")!.encoding).toBe(
      "F32",
    );
    expect(made.tensors.get("encoder.block.9.layer.1.DenseReluDense.wo.weight")!.encoding).toBe("Q8_0");
    await made.close();
    const whole = await encode({});
    const inputs = { clip_name1: "t5xxl.gguf", clip_name2: "clip_l.gguf", type: "flux" };
    const small = await encode({ precision: "native" }, "DualCLIPLoaderGGUF", inputs);
    const apart = (a: Float32Array, b: Float32Array) =>
      Math.sqrt(
        a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / b.reduce((sum, value) => sum + value ** 2, 0),
      );
    // 0.027 and 0.020 here: eight bits of random weights, sixteen layers on end
    expect(apart(small.context, whole.context)).toBeLessThan(0.05);
    expect(apart(small.pooled!, whole.pooled!)).toBeLessThan(0.05);
    expect(small.context).not.toEqual(whole.context);
    for (const share of [0.3, 0.1])
      expect(await encode({ precision: "native", vramWeights: { share } }, "DualCLIPLoaderGGUF", inputs)).toEqual(
        small,
      );
  });

  test("a LoRA finds the layers of both by the names of its trainers", async () => {
    await inWorld({}, async ({ one, runtime }) => {
      const clip = await one<TextModel>("DualCLIPLoader", files);
      const stems = [
        "lora_te1_text_model_encoder_layers_1_mlp_fc1",
        "text_encoders.clip_l.transformer.text_model.encoder.layers.0.self_attn.q_proj",
        "lora_te2_encoder_block_1_layer_1_DenseReluDense_wi_0",
        "text_encoders.t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.v",
        "lora_te_layers_0_mlp_gate_proj",
      ];
      const f32 = (name: string, ...shape: number[]) => ({
        name,
        encoding: "F32" as const,
        shape,
        data: new Uint8Array(new Float32Array(shape[0]! * shape[1]!).fill(0.1).buffer),
      });
      const rows = (stem: string) => (/fc1|wi_0/.test(stem) ? 128 : 64);
      const tensors = stems.flatMap((stem) => [
        f32(`${stem}.lora_up.weight`, rows(stem), 2),
        f32(`${stem}.lora_down.weight`, 2, 64),
      ]);
      const lora = runtime.load(await openLora(memorySource("lora", tensors))).model as LoraModel;
      const { model, fit } = clip.withLora(lora, 0.5);
      expect(fit.patches.length).toBe(4);
      expect(fit.unknown.map(({ stem }) => stem)).toEqual([stems[4]]);
      const signal = new AbortController().signal;
      const [before] = await clip.encode(PROMPT, signal);
      const [after] = await model.encode(PROMPT, signal);
      expect(after!.context).not.toEqual(before!.context);
      expect(after!.pooled).not.toEqual(before!.pooled);
    });
  });

  test("what does not belong together is told", async () => {
    await inWorld({}, async ({ one }) => {
      const load = (inputs: object) => one<TextModel>("DualCLIPLoader", { ...files, ...inputs });
      await expect(load({ type: "sdxl" })).rejects.toThrow(
        "DualCLIPLoader: pairs of text encoders of type sdxl are not built in yet; flux is",
      );
      await expect(load({ clip_name1: "t5xxl.safetensors" })).rejects.toThrow(
        /one CLIP-L and one T5, and both files are a T5/,
      );
      await expect(load({ clip_name1: "te.safetensors" })).rejects.toThrow(
        /is not a CLIP-L text encoder: it looks like a Qwen3 text encoder/,
      );
      const te = await one<TextModel>("CLIPLoader", { clip_name: "te.safetensors", type: "flux2" });
      await expect(one("CLIPTextEncodeFlux", { clip: te, clip_l: "", t5xxl: "", guidance: 1 })).rejects.toThrow(
        "te.safetensors is one text encoder. Load both with DualCLIPLoader",
      );
      const model = await one<DiffusionModel>("UNETLoader", { unet_name: "dit.safetensors", weight_dtype: "default" });
      const positive = await one("CLIPTextEncode", { text: "a", clip: await load({}) });
      const latent = await one("EmptyFlux2LatentImage", { width: 32, height: 32, batch_size: 1 });
      const sampling = { seed: 1n, steps: 1, cfg: 1, sampler_name: "euler", scheduler: "simple", denoise: 1 };
      await expect(
        one("KSampler", { model, positive, negative: positive, latent_image: latent, ...sampling }),
      ).rejects.toThrow(/context is 64 wide, dit.safetensors takes \d+: text encoder and model do not belong together/);
    });
  });
});

test("a T5 as llama.cpp names it, its vocabulary in the metadata", async () => {
  const { openT5, t5Tokenizer } = await import("../../src/models/text/t5/index.ts");
  const { bundledTokenizer } = await import("../../src/models/text/bundledTokenizer.ts");
  const base = mkdtempSync(path.join(tmpdir(), "weir-t5-"));
  try {
    const names: readonly (readonly [RegExp, string])[] = [
      [/^shared\./, "token_embd."],
      [/^encoder\.final_layer_norm/, "enc.output_norm"],
      [/^encoder\.block\.(\d+)\./, "enc.blk.$1."],
      [/layer\.0\.layer_norm/, "attn_norm"],
      [/layer\.1\.layer_norm/, "ffn_norm"],
      [/layer\.0\.SelfAttention\.([qkvo])\b/, "attn_$1"],
      [/layer\.0\.SelfAttention\.relative_attention_bias/, "attn_rel_b"],
      [/layer\.1\.DenseReluDense\.wi_0/, "ffn_gate"],
      [/layer\.1\.DenseReluDense\.wi_1/, "ffn_up"],
      [/layer\.1\.DenseReluDense\.wo/, "ffn_down"],
    ];
    const { writeSafetensors } = await import("../../src/formats/writeSafetensors.ts");
    const file = path.join(base, "llama.safetensors");
    await writeSafetensors(
      file,
      t5Tensors().map((tensor) => ({
        ...tensor,
        name: names.reduce((name, [from, to]) => name.replace(from, to), tensor.name),
      })),
    );
    const plain = path.join(base, "plain.safetensors");
    await writeSafetensors(plain, t5Tensors());
    const [llama, published] = [openT5(await openSafetensors(file)), openT5(await openSafetensors(plain))];
    expect(llama.dims).toEqual(published.dims);
    const sizes = ({ weights }: typeof llama) => weights.map(({ name, shape }) => [name, shape]);
    expect(sizes(llama)).toEqual(sizes(published));
    expect(llama.weights.map(({ entry }) => entry.name)).toContain("enc.blk.1.ffn_down.weight");

    const { readFile } = await import("node:fs/promises");
    const { gunzipSync } = await import("node:zlib");
    const json = JSON.parse(gunzipSync(await readFile(path.join(root, "tokenizers/t5.json.gz"))).toString()) as {
      model: { vocab: [string, number][] };
    };
    const { vocab } = json.model;
    const lists: Record<string, readonly (string | number)[]> = {
      "tokenizer.ggml.tokens": vocab.map(([token]) => token),
      "tokenizer.ggml.scores": vocab.map(([, score]) => score),
      "tokenizer.ggml.token_type": vocab.map((_, id) => (id < 2 || id >= 32_000 ? 3 : id === 2 ? 2 : 1)),
    };
    const metadata = { "tokenizer.ggml.model": "t5", "tokenizer.ggml.unknown_token_id": "2" };
    const listed = { ...llama.source, metadata, list: async (key: string) => lists[key]! };
    const [ours, shipped] = [await t5Tokenizer({ source: listed }), await bundledTokenizer("t5")];
    expect(ours).not.toBe(shipped);
    for (const text of [
      "a photo of a cat",
      "A Photo, 3.14 of (café)  </s> snow",
      "日本語 emoji 😀",
      "   two   spaces  ",
    ])
      expect(ours(text)).toEqual(shipped(text));
    const bert = { ...listed, metadata: { "tokenizer.ggml.model": "bert" } };
    await expect(t5Tokenizer({ source: bert })).rejects.toMatchObject({ code: "bad-tokenizer" });
    const short = { ...listed, list: async (key: string) => lists[key]!.slice(key.endsWith("scores") ? 5 : 0) };
    await expect(t5Tokenizer({ source: short })).rejects.toThrow("32100 tokens, 32095 scores");
    await llama.source.close();
    await published.source.close();
  } finally {
    rmSync(base, { recursive: true });
  }
});

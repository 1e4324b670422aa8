import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toFloat32 } from "../../src/formats/toFloat32.ts";
import type { WeightSource } from "../../src/formats/weightSource.ts";
import { type LoraModel, openLora, textTargets } from "../../src/models/lora/index.ts";
import { openTextEncoder, type TextEncoder, textInputs } from "../../src/models/text/index.ts";
import { type Adapters, toldOf, withLora } from "../../src/nodes/loaders/adapters.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { llamaSource } from "../support/llamaSource.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { textShapes } from "../support/textShapes.ts";
import { bytesOf, exact, type Kind, type MadeTensor, makeAdapter, memorySource, numbers } from "./loraFiles.ts";

const SIZES = { vocabulary: 20, hidden: 32, inner: 48, layers: 3, heads: 4, kvHeads: 2, headDim: 8, finalNorm: true };
const TAPS = [1, 2];
const IDS = [1, 5, 9, 7, 12, 3];

function encoderTensors(headNorms: boolean): MadeTensor[] {
  const next = numbers(5);
  return Object.entries(textShapes({ ...SIZES, headNorms })).map(([name, shape]) => {
    const norm = shape.length === 1;
    const values = Float64Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () =>
      exact((norm ? 1 : 0) + next() / 3),
    );
    return { name, encoding: "F32", shape, data: bytesOf("F32", values) };
  });
}

/** Layers by the names of files: the spelling, then the tensor it means. */
const SPELLINGS: readonly (readonly [stem: string, weight: string, kind: Kind])[] = [
  ["text_encoders.qwen3_4b.transformer.model.layers.0.self_attn.q_proj", "layers.0.self_attn.q_proj", "lora"],
  ["text_encoders.transformer.model.layers.0.self_attn.k_proj", "layers.0.self_attn.k_proj", "dora"],
  ["lora_te_layers_0_self_attn_v_proj", "layers.0.self_attn.v_proj", "lora bf16"],
  ["lora_te1_model_layers_1_self_attn_q_proj", "layers.1.self_attn.q_proj", "lokr"],
  ["text_encoder.model.layers.1.mlp.down_proj", "layers.1.mlp.down_proj", "loha"],
  ["base_model.model.model.layers.1.self_attn.k_proj", "layers.1.self_attn.k_proj", "diff"],
  ["model.layers.1.mlp.gate_proj", "layers.1.mlp.gate_proj", "mid"],
];

describe("LoRAs on a text encoder", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openRuntime("cpu");
  });
  afterAll(() => runtime.close());

  const encode = async (encoder: TextEncoder, adapters?: Adapters): Promise<Float32Array> => {
    const loaded = runtime.load(encoder);
    const run = await loaded.begin([encoder.pass(IDS.length)], { repeat: 1, ...toldOf(adapters) });
    const [out] = await run.pass([await textInputs(encoder, IDS, 0)]);
    run.end();
    return out!["context"]!;
  };
  const open = (source: WeightSource) => openTextEncoder(source, { taps: TAPS, headDim: SIZES.headDim });

  test.each([
    ["Qwen3", true],
    ["Mistral 3", false],
  ])("every spelling on a %s: as with merged weights", async (family, headNorms) => {
    const tensors = encoderTensors(headNorms);
    const shape = (weight: string) => tensors.find(({ name }) => name === `model.${weight}.weight`)!.shape;
    const adapters = SPELLINGS.map(([stem, weight, kind], n) => {
      const [rows, columns] = shape(weight) as [number, number];
      return { weight: `model.${weight}.weight`, ...makeAdapter(kind, stem, rows, columns, n + 1) };
    });
    const norm = Float64Array.from({ length: SIZES.hidden }, (_, i) => exact(Math.sin(i)));
    const normDiff: MadeTensor = {
      name: "text_encoders.x.transformer.model.layers.1.input_layernorm.diff",
      encoding: "F32",
      shape: [SIZES.hidden],
      data: bytesOf("F32", norm),
    };
    const file = `${family} lora`;
    const loraTensors = [...adapters.flatMap(({ tensors }) => tensors), normDiff];
    const merged = tensors.map((tensor) => {
      const values = Float64Array.from(toFloat32("F32", tensor.data));
      const change = adapters.find(({ weight }) => weight === tensor.name);
      if (change) return { ...tensor, data: bytesOf("F32", change.merge(values, 0.6)) };
      if (tensor.name !== "model.layers.1.input_layernorm.weight") return tensor;
      return {
        ...tensor,
        data: bytesOf(
          "F32",
          values.map((value, i) => value + 0.6 * norm[i]!),
        ),
      };
    });
    const want = await encode(open(memorySource(`${family} merged`, merged)));

    const base = memorySource(family, tensors);
    const sources = [base, ...(headNorms ? [] : [await llamaSource(base, SIZES.headDim)])];
    const size = Math.max(...want.map(Math.abs));
    for (const source of sources) {
      const encoder = open(source);
      const plain = await encode(encoder);
      const lora = runtime.load(await openLora(memorySource(file, loraTensors))).model as LoraModel;
      const changed = withLora(runtime, encoder, textTargets(encoder), undefined, lora, 0.6);
      expect(changed.fit).toMatchObject({ unknown: [], mismatched: [], overDora: [] });
      expect(changed.fit.patches.length).toBe(SPELLINGS.length + 1);
      const got = await encode(encoder, changed.adapters);
      const off = (a: Float32Array) =>
        a.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!)), 0) / size;
      expect(off(got)).toBeLessThan(1e-5);
      expect(off(plain)).toBeGreaterThan(0.05);
    }
  });

  test("layers of other encoders, and of transformers that call theirs so, are not taken", () => {
    const find = textTargets(open(memorySource("Qwen3 again", encoderTensors(true))));
    for (const stem of [
      "text_encoders.clip_l.transformer.text_model.encoder.layers.0.self_attn.q_proj",
      "lora_te_text_model_encoder_layers_0_self_attn_q_proj",
      "diffusion_model.layers.0.self_attn.q_proj",
      "lora_unet_layers_0_self_attn_q_proj",
      "text_encoders.qwen3_4b.transformer.model.layers.7.self_attn.q_proj",
      "text_encoders.qwen3_4b.transformer.model.embed_tokens",
    ])
      expect(find(stem), stem).toBeUndefined();
  });
});

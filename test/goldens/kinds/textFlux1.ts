import { readFileSync } from "node:fs";
import { openClip } from "../../../src/models/text/clip/index.ts";
import { openT5 } from "../../../src/models/text/t5/index.ts";
import type { WeightedTokens } from "../../../src/models/text/weightedTokens.ts";
import { encodeClip } from "../../../src/nodes/loaders/encodeClip.ts";
import { encodeT5 } from "../../../src/nodes/loaders/encodeT5.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type GoldenDevice, loadModel } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { floats, input, param } from "../params.ts";

/** Chunks of a case: ids and weights, row by row. */
function chunks(golden: GoldenCase, name: string): WeightedTokens[] {
  const { data, shape } = input(golden, `${name}.tokens`);
  const weights = floats(golden, `${name}.weights`);
  const [rows, length] = shape as [number, number];
  const ids = Array.from(data, Number);
  return Array.from({ length: rows }, (_, i) => ({
    ids: ids.slice(i * length, (i + 1) * length),
    weights: Array.from(weights.subarray(i * length, (i + 1) * length)),
  }));
}

async function clip(golden: GoldenCase, device: GoldenDevice, weights: string) {
  const { params } = JSON.parse(readFileSync(golden.find(`${weights}.json`), "utf8")) as {
    params: { hidden_size: number; num_attention_heads: number; start: number; end: number; pad: number };
  };
  const headDim = params.hidden_size / params.num_attention_heads;
  const file = golden.find(`${weights}.safetensors`);
  const { model, loaded } = await loadModel(device, file, (source) => openClip(source, { headDim }));
  const { start, end, pad } = params;
  const marks = { start, end, pad, length: model.dims.tokens };
  return (stop: number) => encodeClip({ loaded, encoder: model }, chunks(golden, "l"), { stop, marks });
}

async function t5(golden: GoldenCase, device: GoldenDevice, weights: string): Promise<GoldenTensor> {
  const { model, loaded } = await loadModel(device, golden.find(`${weights}.safetensors`), openT5);
  const [text] = chunks(golden, "t5xxl");
  const data = await encodeT5({ loaded, encoder: model }, text!);
  return { shape: [1, text!.ids.length, model.dims.hidden], data };
}

export const textT5: KindRunner = {
  kind: "text.t5",
  onDevice: true,
  run: async (golden, device) => ({
    values: { "out.context": await t5(golden, device, param(golden, "weights", "string")) },
  }),
};

export const textClipL: KindRunner = {
  kind: "text.clip_l",
  onDevice: true,
  async run(golden, device) {
    const encode = await clip(golden, device, param(golden, "weights", "string"));
    const values: Record<string, GoldenTensor> = {};
    for (const name of [...golden.outputs.keys()].filter((name) => !name.endsWith(".pooled"))) {
      const { context, pooled } = await encode(Number(/stop-(\d+)$/.exec(name)?.[1] ?? 1));
      values[name] = { shape: [1, context.length / pooled.length, pooled.length], data: context };
      values[`${name}.pooled`] = { shape: [1, pooled.length], data: pooled };
    }
    return { values };
  },
};

export const textFlux1: KindRunner = {
  kind: "text.flux1",
  onDevice: true,
  async run(golden, device) {
    const [l, xxl] = golden.params["weights"] as [string, string];
    const { pooled } = await (await clip(golden, device, l))(1);
    return {
      values: {
        "out.context": await t5(golden, device, xxl),
        "out.pooled": { shape: [1, pooled.length], data: pooled },
      },
    };
  },
};

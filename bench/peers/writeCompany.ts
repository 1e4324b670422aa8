import path from "node:path";
import { textShapes } from "../../test/support/textShapes.ts";
import { writeRandom } from "../support/writeRandom.ts";

/** Files that stable-diffusion.cpp demands beside a transformer. */
export interface Company {
  readonly llm: string;
  readonly tae: string;
  /** Weights of both. */
  readonly bytes: number;
}

/**
 * The smallest text encoder and autoencoder that stable-diffusion.cpp takes for a Flux 2 klein of this context: Qwen3's keys with a third of the
 * context as width (klein's context is three layers' outputs side by side: 9, 18 and 27, so 28 layers, which it gives 16 heads), its tokenizer's whole
 * vocabulary, and a decoder as taef2's. Weights are random, in bf16.
 */
export async function writeCompany(folder: string, context: number): Promise<Company> {
  const [llm, tae] = [path.join(folder, "llm.safetensors"), path.join(folder, "tae.safetensors")];
  const sizes = {
    vocabulary: 151_936,
    hidden: context / 3,
    inner: 2 * (context / 3),
    layers: 28,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    headNorms: true,
    finalNorm: true,
  };
  const bytes = (await writeRandom(llm, textShapes(sizes))) + (await writeRandom(tae, tinyDecoder()));
  return { llm, tae, bytes };
}

/** taef2's decoder: three blocks with a pooled middle, then three times an upsampling and blocks of 64 channels. */
function tinyDecoder(): Record<string, number[]> {
  const [latent, wide] = [32, 64];
  const shapes: Record<string, number[]> = {};
  const at = (layer: number, name: string, ...shape: number[]) => {
    shapes[`decoder.layers.${layer}.${name}`] = shape;
  };
  const conv = (layer: number, inputs: number, outputs: number, name = "") => {
    at(layer, `${name}weight`, outputs, inputs, 3, 3);
    at(layer, `${name}bias`, outputs);
  };
  conv(0, latent, wide);
  for (const layer of [2, 3, 4, 7, 8, 9, 12, 13, 14, 17]) {
    for (const n of [0, 2, 4]) conv(layer, wide, wide, `conv.${n}.`);
    if (layer > 4) continue;
    at(layer, "pool.0.weight", 4 * wide, wide, 1, 1);
    at(layer, "pool.1.weight", 4 * wide);
    at(layer, "pool.1.bias", 4 * wide);
    at(layer, "pool.3.weight", wide, 4 * wide, 1, 1);
  }
  for (const layer of [6, 11, 16]) at(layer, "weight", wide, wide, 3, 3);
  conv(18, wide, 3);
  return shapes;
}

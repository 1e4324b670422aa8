import type { WeightSource } from "../../formats/weightSource.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { Declarations } from "../declarations.ts";
import { BadModelInput, BrokenModel, WrongModel } from "../errors.ts";
import { findPrefix } from "../findPrefix.ts";
import type { Model } from "../model.ts";
import { identify } from "../registry.ts";
import type { TextDims } from "./dims.ts";
import { FAMILIES } from "./family.ts";
import { underPublishedNames } from "./llamaNames.ts";
import { textPass } from "./pass.ts";
import { defaultTaps } from "./taps.ts";

export interface TextEncoder extends Model {
  readonly kind: "text-encoder";
  readonly dims: TextDims;
  /** Layers whose inputs make the context, ascending. */
  readonly taps: readonly number[];
  /** Values per token of the context: taps x hidden. */
  readonly contextWidth: number;
  /** The table of token embeddings, by its name in the file. It is read row by row on the host (`gatherRows`) and no weight of a pass. */
  readonly embeddings: string;
  /** A forward pass over a text of so many tokens, pads included: see `textPass`. Throws `BadModelInput`. */
  pass(tokens: number): PassDef;
}

export interface TextOptions {
  /** Default: where Flux 2 reads, `defaultTaps`. */
  readonly taps?: readonly number[];
  /** Values per head, which no tensor of a Mistral 3 tells; default: the published files' 128. A Qwen3 says it itself. */
  readonly headDim?: number;
}

/** Every language model of this shape has it; the norms of queries and keys tell Qwen3 from the others, biases Qwen2. */
const SIGN = "layers.0.self_attn.q_proj.weight";
const HEAD_NORM = "layers.0.self_attn.q_norm.weight";
const BIAS = "layers.0.self_attn.q_proj.bias";

/**
 * Opens a Qwen3 or Mistral 3 text encoder from a file's header, whatever stands before its keys; or a GGUF file as llama.cpp makes them. A Mistral 3 may be whole or cut off
 * behind the last layer that Flux 2 reads. Throws `WrongModel`, `BrokenModel`; `BadModelInput` for taps that the file has no layers for.
 * Source: the published keys and shapes.
 */
export function openTextEncoder(given: WeightSource, options: TextOptions = {}): TextEncoder {
  const source = underPublishedNames(given);
  const prefix = findPrefix(source, SIGN);
  if (prefix === null || identify(source).kind === "lora" || source.tensors.has(prefix + BIAS))
    throw new WrongModel(source.path, "a Qwen3 or Mistral 3 text encoder", identify(source).what);
  const file = new Declarations(source, prefix);
  const dims = readDims(file, options.headDim ?? toldHeadDim(source) ?? 128, source !== given);
  const cut = dims.family === "mistral3" && !file.has("norm.weight");
  const taps = options.taps ?? defaultTaps(dims.layers, cut);
  const ascending = taps.every(
    (tap, i) => Number.isSafeInteger(tap) && tap > (taps[i - 1] ?? -1) && tap <= dims.layers,
  );
  if (!ascending || taps.length === 0 || taps.at(-1) === 0)
    throw new BadModelInput(
      `taps [${taps}]: expected ascending layers from 0 to ${dims.layers}, as ${source.path} has`,
    );
  declare(file, dims, taps.at(-1)!);
  return {
    kind: "text-encoder",
    source,
    weights: file.weights,
    whole: true,
    dims,
    taps,
    contextWidth: taps.length * dims.hidden,
    embeddings: `${prefix}embed_tokens.weight`,
    pass: (tokens) => textPass(dims, taps, tokens),
  };
}

/** What a GGUF's metadata says, whatever the architecture is called. */
function toldHeadDim({ metadata }: WeightSource): number | undefined {
  const told = Number(metadata[`${metadata["general.architecture"]}.attention.key_length`]);
  return Number.isSafeInteger(told) && told > 0 ? told : undefined;
}

function readDims(file: Declarations, published: number, fromLlama: boolean): TextDims {
  const [vocabulary, hidden] = file.shape("embed_tokens.weight", 2);
  const family = file.has(HEAD_NORM) ? "qwen3" : "mistral3";
  const [headDim] = family === "qwen3" ? file.shape(HEAD_NORM, 1) : [published];
  const [queries] = file.shape(SIGN, 2);
  const [keys] = file.shape("layers.0.self_attn.k_proj.weight", 2);
  const [inner] = file.shape("layers.0.mlp.gate_proj.weight", 2);
  const [heads, kvHeads] = [queries / headDim, keys / headDim];
  if (headDim % 2 !== 0 || !Number.isInteger(heads) || !Number.isInteger(kvHeads) || heads % kvHeads !== 0) {
    const { path } = file.source;
    if (family === "qwen3")
      throw new BrokenModel(
        path,
        `${file.prefix}${HEAD_NORM}`,
        `is [${headDim}], which does not divide ${queries} query and ${keys} key values into heads`,
      );
    const what = `gives ${queries} query and ${keys} key values, which are no heads of ${headDim}`;
    throw new BrokenModel(path, `${file.prefix}${SIGN}`, what);
  }
  const layers = file.count("layers.");
  // llama.cpp reorders a Mistral's rows of queries and keys so that positions turn neighbours; a Qwen3's stay.
  const neighbours = fromLlama && family === "mistral3" && { neighbours: true as const };
  return { family, vocabulary, hidden, heads, kvHeads, headDim, inner, layers, ...neighbours };
}

function declare(file: Declarations, d: TextDims, layers: number): void {
  for (let n = 0; n < layers; n++) {
    const matrix = (name: string, rows: number, columns: number) =>
      file.add(`layers.${n}.${name}.weight`, "matrix", [rows, columns]);
    const vector = (name: string, width: number) => file.add(`layers.${n}.${name}.weight`, "vector", [width]);
    vector("input_layernorm", d.hidden);
    matrix("self_attn.q_proj", d.heads * d.headDim, d.hidden);
    matrix("self_attn.k_proj", d.kvHeads * d.headDim, d.hidden);
    matrix("self_attn.v_proj", d.kvHeads * d.headDim, d.hidden);
    if (FAMILIES[d.family].headNorms) {
      vector("self_attn.q_norm", d.headDim);
      vector("self_attn.k_norm", d.headDim);
    }
    matrix("self_attn.o_proj", d.hidden, d.heads * d.headDim);
    vector("post_attention_layernorm", d.hidden);
    matrix("mlp.gate_proj", d.inner, d.hidden);
    matrix("mlp.up_proj", d.inner, d.hidden);
    matrix("mlp.down_proj", d.hidden, d.inner);
  }
}

import type { WeightSource } from "../../../formats/weightSource.ts";
import type { PassDef } from "../../../tensor/stage.ts";
import { Declarations } from "../../declarations.ts";
import { BrokenModel, WrongModel } from "../../errors.ts";
import { findPrefix } from "../../findPrefix.ts";
import type { Model } from "../../model.ts";
import { identify } from "../../registry.ts";
import { renamed } from "../renamed.ts";
import type { T5Dims } from "./dims.ts";
import { LLAMA_T5_SIGN, publishedT5Name } from "./llamaNames.ts";
import { t5Pass } from "./pass.ts";

export interface T5Encoder extends Model {
  readonly kind: "t5-encoder";
  readonly dims: T5Dims;
  /** Tables that are read on the host, by their names in the source: of token embeddings, and of the biases of positions. */
  readonly embeddings: string;
  readonly positions: string;
  /** A forward pass over a text of so many tokens: see `t5Pass`. Throws `BadModelInput`. */
  pass(tokens: number): PassDef;
}

const SIGN = "encoder.block.0.layer.0.SelfAttention.q.weight";
const POSITIONS = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
/** Its like in another block: positions are learnt block by block, as in UMT5. */
const OWN_POSITIONS = POSITIONS.replace("block.0", "block.1");
/** Another kind of MLP, with one matrix where there are two: T5 before its version 1.1. */
const UNGATED = "encoder.block.0.layer.1.DenseReluDense.wi.weight";
const WANTED = "a T5 text encoder";

/**
 * Opens the encoder of a T5 v1.1 (`t5xxl`, as Flux 1 uses it) from a file's header, whatever stands before its keys; or a GGUF file as llama.cpp
 * makes them. A decoder in the file is not looked at. Throws `WrongModel`, `BrokenModel`. Source: the published keys and shapes.
 */
export function openT5(given: WeightSource): T5Encoder {
  const source = given.tensors.has(LLAMA_T5_SIGN) ? renamed(given, publishedT5Name) : given;
  const prefix = findPrefix(source, SIGN);
  if (prefix === null) throw new WrongModel(source.path, WANTED, identify(source).what);
  const file = new Declarations(source, prefix);
  if (file.has(OWN_POSITIONS)) throw new WrongModel(source.path, WANTED, "a UMT5 text encoder");
  if (file.has(UNGATED)) throw new WrongModel(source.path, WANTED, "a T5 of before version 1.1");
  const embeddings = file.has("shared.weight") ? "shared.weight" : "encoder.embed_tokens.weight";
  const dims = readDims(file, embeddings);
  declare(file, dims);
  return {
    kind: "t5-encoder",
    source,
    weights: file.weights,
    whole: true,
    dims,
    embeddings: prefix + embeddings,
    positions: prefix + POSITIONS,
    pass: (tokens) => t5Pass(dims, tokens),
  };
}

function readDims(file: Declarations, embeddings: string): T5Dims {
  const [vocabulary, hidden] = file.shape(embeddings, 2);
  const [queries] = file.shape(SIGN, 2);
  const [buckets, heads] = file.shape(POSITIONS, 2);
  const [inner] = file.shape("encoder.block.0.layer.1.DenseReluDense.wi_0.weight", 2);
  const headDim = queries / heads;
  if (!Number.isInteger(headDim) || buckets % 4 !== 0)
    throw new BrokenModel(
      file.source.path,
      file.prefix + POSITIONS,
      `is [${buckets}, ${heads}]: expected heads that divide ${queries} query values, and a multiple of 4 buckets`,
    );
  return { vocabulary, hidden, heads, headDim, inner, layers: file.count("encoder.block."), buckets };
}

function declare(file: Declarations, d: T5Dims): void {
  const width = d.heads * d.headDim;
  for (let n = 0; n < d.layers; n++) {
    const matrix = (name: string, rows: number, columns: number) =>
      file.add(`encoder.block.${n}.${name}.weight`, "matrix", [rows, columns]);
    file.add(`encoder.block.${n}.layer.0.layer_norm.weight`, "vector", [d.hidden]);
    for (const part of ["q", "k", "v"]) matrix(`layer.0.SelfAttention.${part}`, width, d.hidden);
    matrix("layer.0.SelfAttention.o", d.hidden, width);
    file.add(`encoder.block.${n}.layer.1.layer_norm.weight`, "vector", [d.hidden]);
    matrix("layer.1.DenseReluDense.wi_0", d.inner, d.hidden);
    matrix("layer.1.DenseReluDense.wi_1", d.inner, d.hidden);
    matrix("layer.1.DenseReluDense.wo", d.hidden, d.inner);
  }
  file.add("encoder.final_layer_norm.weight", "vector", [d.hidden]);
}

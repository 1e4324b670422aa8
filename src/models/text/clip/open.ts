import type { WeightSource } from "../../../formats/weightSource.ts";
import type { PassDef } from "../../../tensor/stage.ts";
import { Declarations } from "../../declarations.ts";
import { BrokenModel, WrongModel } from "../../errors.ts";
import { findPrefix } from "../../findPrefix.ts";
import type { Model } from "../../model.ts";
import { identify } from "../../registry.ts";
import type { ClipDims } from "./dims.ts";
import { clipPass } from "./pass.ts";

export interface ClipEncoder extends Model {
  readonly kind: "clip-encoder";
  readonly dims: ClipDims;
  /** Tables that are read on the host, by their names in the file: of tokens, and of places. */
  readonly embeddings: string;
  readonly positions: string;
  /** A forward pass over one chunk: see `clipPass`. Throws `BadModelInput`. */
  pass(stop?: number): PassDef;
}

export interface ClipOptions {
  /** Values per head, which no tensor tells; default: the published files' 64. */
  readonly headDim?: number;
}

const SIGN = "text_model.encoder.layers.0.mlp.fc1.weight";
/** CLIP-L has 12 layers. Its larger kin have 24 and 32, and another function in their MLPs. */
const LARGER: readonly (readonly [layers: number, what: string])[] = [
  [31, "a CLIP-G text encoder"],
  [23, "a CLIP-H text encoder"],
];
const WANTED = "a CLIP-L text encoder";

/**
 * Opens a CLIP-L text encoder (as Flux 1 uses it) from a file's header, whatever stands before its keys. Throws `WrongModel`, `BrokenModel`.
 * Source: arXiv:2103.00020; the published keys and shapes.
 */
export function openClip(source: WeightSource, { headDim = 64 }: ClipOptions = {}): ClipEncoder {
  const prefix = findPrefix(source, SIGN);
  if (prefix === null || identify(source).kind === "lora")
    throw new WrongModel(source.path, WANTED, identify(source).what);
  const file = new Declarations(source, prefix);
  const layers = file.count("text_model.encoder.layers.");
  const larger = LARGER.find(([least]) => layers >= least);
  if (larger) throw new WrongModel(source.path, WANTED, larger[1]);
  const [vocabulary, hidden] = file.shape("text_model.embeddings.token_embedding.weight", 2);
  const [tokens, width] = file.shape("text_model.embeddings.position_embedding.weight", 2);
  const [inner] = file.shape(SIGN, 2);
  const heads = hidden / headDim;
  if (!Number.isInteger(heads) || width !== hidden)
    throw new BrokenModel(
      source.path,
      `${prefix}text_model.embeddings.position_embedding.weight`,
      `is [${tokens}, ${width}], expected rows of ${hidden} in heads of ${headDim}`,
    );
  const dims: ClipDims = { vocabulary, hidden, heads, headDim, inner, layers, tokens };
  declare(file, dims);
  return {
    kind: "clip-encoder",
    source,
    weights: file.weights,
    whole: true,
    dims,
    embeddings: `${prefix}text_model.embeddings.token_embedding.weight`,
    positions: `${prefix}text_model.embeddings.position_embedding.weight`,
    pass: (stop) => clipPass(dims, stop),
  };
}

function declare(file: Declarations, d: ClipDims): void {
  const norm = (name: string) => {
    file.add(`${name}.weight`, "vector", [d.hidden]);
    file.add(`${name}.bias`, "vector", [d.hidden]);
  };
  for (let n = 0; n < d.layers; n++) {
    const layer = `text_model.encoder.layers.${n}`;
    const matrix = (name: string, rows: number, columns: number) => {
      file.add(`${layer}.${name}.weight`, "matrix", [rows, columns]);
      file.add(`${layer}.${name}.bias`, "vector", [rows]);
    };
    norm(`${layer}.layer_norm1`);
    for (const part of ["q", "k", "v", "out"]) matrix(`self_attn.${part}_proj`, d.hidden, d.hidden);
    norm(`${layer}.layer_norm2`);
    matrix("mlp.fc1", d.inner, d.hidden);
    matrix("mlp.fc2", d.hidden, d.inner);
  }
  norm("text_model.final_layer_norm");
}

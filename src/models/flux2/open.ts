import type { WeightSource } from "../../formats/weightSource.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { Declarations } from "../declarations.ts";
import { BrokenModel, WrongModel } from "../errors.ts";
import { findPrefix } from "../findPrefix.ts";
import type { Model } from "../model.ts";
import { identify } from "../registry.ts";
import { underPublishedNames } from "./diffusersNames.ts";
import type { Flux2Dims } from "./dims.ts";
import { flux2Modulation, flux2Pass, flux2Steps } from "./pass.ts";
import type { Flux2Shape } from "./shape.ts";

export interface Flux2Model extends Model {
  readonly kind: "flux2";
  readonly dims: Flux2Dims;
  /** A forward pass at given sizes: see `flux2Pass`. Throws `BadModelInput` for sizes the model cannot take. */
  pass(shape: Flux2Shape): PassDef;
  /** Its first stage, which sees times alone, and the rest of it, which takes what that gives: `flux2Modulation`, `flux2Steps`. Throw likewise. */
  modulation(shape: Flux2Shape): PassDef;
  steps(shape: Flux2Shape): PassDef;
}

/** The key that only this family has. */
const SIGN = "double_stream_modulation_img.lin.weight";

/**
 * Opens a Flux 2 transformer (klein or dev, or any other of its shape) from a file's header. Keys may carry a prefix, as in checkpoints, and be
 * diffusers' own.
 * Throws `WrongModel` for another kind of file, `BrokenModel` where tensors are missing or do not fit.
 * Source: the published keys and shapes.
 */
export function openFlux2(given: WeightSource): Flux2Model {
  const source = underPublishedNames(given);
  const prefix = findPrefix(source, SIGN);
  if (prefix === null || identify(source).kind === "lora")
    throw new WrongModel(source.path, "a Flux 2 transformer", identify(source).what);
  const file = new Declarations(source, prefix, normName);
  const dims = readDims(file);
  declare(file, dims);
  return {
    kind: "flux2",
    source,
    weights: file.weights,
    whole: true,
    dims,
    pass: (shape) => flux2Pass(dims, shape),
    modulation: (shape) => flux2Modulation(dims, shape),
    steps: (shape) => flux2Steps(dims, shape),
  };
}

/** Files that ComfyUI has saved call the scales of norms weights. */
const normName = (name: string): string => name.replace(/_norm\.scale$/, "_norm.weight");

function readDims(file: Declarations): Flux2Dims {
  const [hidden, channels] = file.shape("img_in.weight", 2);
  const [, context] = file.shape("txt_in.weight", 2, hidden);
  const [, time] = file.shape("time_in.in_layer.weight", 2, hidden);
  const doubleBlocks = file.count("double_blocks.");
  const singleBlocks = file.count("single_blocks.");
  const norm = doubleBlocks > 0 ? "double_blocks.0.img_attn.norm" : "single_blocks.0.norm";
  const [headDim] = file.shape(`${norm}.query_norm.scale`, 1);
  // The four position axes share a head equally, and each turns pairs of values.
  if (hidden % headDim !== 0 || headDim % 8 !== 0)
    throw new BrokenModel(file.source.path, `${norm}.query_norm.scale`, `is [${headDim}], no head width for ${hidden}`);
  const doubleInner = doubleBlocks > 0 ? file.shape("double_blocks.0.img_mlp.2.weight", 2, hidden)[1] : 0;
  const singleInner = singleBlocks > 0 ? file.shape("single_blocks.0.linear2.weight", 2, hidden)[1] - hidden : 0;
  return {
    channels,
    hidden,
    heads: hidden / headDim,
    headDim,
    context,
    time,
    doubleBlocks,
    singleBlocks,
    doubleInner,
    singleInner,
    guidance: file.has("guidance_in.in_layer.weight"),
  };
}

function declare(file: Declarations, d: Flux2Dims): void {
  const matrix = (name: string, rows: number, columns: number) => file.add(`${name}.weight`, "matrix", [rows, columns]);
  const norms = (name: string) => {
    for (const side of ["query_norm", "key_norm"]) file.add(`${name}.${side}.scale`, "vector", [d.headDim]);
  };
  const embedders = d.guidance ? ["time_in", "guidance_in"] : ["time_in"];
  for (const name of embedders) {
    matrix(`${name}.in_layer`, d.hidden, d.time);
    matrix(`${name}.out_layer`, d.hidden, d.hidden);
  }
  matrix("double_stream_modulation_img.lin", 6 * d.hidden, d.hidden);
  matrix("double_stream_modulation_txt.lin", 6 * d.hidden, d.hidden);
  matrix("single_stream_modulation.lin", 3 * d.hidden, d.hidden);
  matrix("img_in", d.hidden, d.channels);
  matrix("txt_in", d.hidden, d.context);
  for (let n = 0; n < d.doubleBlocks; n++)
    for (const stream of ["img", "txt"]) {
      const block = `double_blocks.${n}.${stream}`;
      matrix(`${block}_attn.qkv`, 3 * d.hidden, d.hidden);
      norms(`${block}_attn.norm`);
      matrix(`${block}_attn.proj`, d.hidden, d.hidden);
      matrix(`${block}_mlp.0`, 2 * d.doubleInner, d.hidden);
      matrix(`${block}_mlp.2`, d.hidden, d.doubleInner);
    }
  for (let n = 0; n < d.singleBlocks; n++) {
    const block = `single_blocks.${n}`;
    matrix(`${block}.linear1`, 3 * d.hidden + 2 * d.singleInner, d.hidden);
    norms(`${block}.norm`);
    matrix(`${block}.linear2`, d.hidden, d.hidden + d.singleInner);
  }
  matrix("final_layer.adaLN_modulation.1", 2 * d.hidden, d.hidden);
  matrix("final_layer.linear", d.channels, d.hidden);
}

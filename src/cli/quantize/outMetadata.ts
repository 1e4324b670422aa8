import type { GgufSource } from "../../formats/gguf/gguf.ts";
import { type GgufValue, ggufString, ggufU32 } from "../../formats/gguf/ggufValue.ts";
import { readGgufValues } from "../../formats/gguf/readGgufValues.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { identify, type ModelKind } from "../../models/registry.ts";
import type { QuantType } from "./quantTypes.ts";

/** What ComfyUI-GGUF calls kinds of models; it takes Flux 2 for a "flux" and looks at the tensors. Kinds it does not load keep our names. */
const ARCHITECTURES: Partial<Record<ModelKind, string>> = { flux2: "flux", flux1: "flux", sd3: "sd3" };
const TEXT_ARCHITECTURES = [
  ["Qwen3", "qwen3"],
  ["T5", "t5encoder"],
  ["CLIP", "clip"],
] as const;
/** ggml's version of its block layouts. */
const QUANTIZATION_VERSION = 2;
/** Tensors whose shapes a file repeats were another file's. */
const SHAPE_KEY = /^comfy\.gguf\.orig_shape\./;

/** A GGUF's metadata as it is, tokenizer and all, else its architecture; and what its encodings are now. */
export async function outMetadata(source: WeightSource, type: QuantType): Promise<Map<string, GgufValue>> {
  const given = "values" in source ? await readGgufValues(source as GgufSource) : new Map<string, GgufValue>();
  for (const key of given.keys()) if (SHAPE_KEY.test(key)) given.delete(key);
  if (!given.has("general.architecture")) given.set("general.architecture", ggufString(architecture(source)));
  given.set("general.quantization_version", ggufU32(QUANTIZATION_VERSION));
  given.set("general.file_type", ggufU32(type.fileType));
  return given;
}

function architecture(source: WeightSource): string {
  const { kind, what } = identify(source);
  const names = [...source.tensors.keys()];
  if (kind === "unet") return names.some((name) => /(^|\.)label_emb\./.test(name)) ? "sdxl" : "sd1";
  // by what ComfyUI-GGUF knows; it does not take a CLIP, and turns the rows of what is called a llama
  if (kind === "text-encoder") return TEXT_ARCHITECTURES.find(([name]) => what.includes(name))?.[1] ?? "llama";
  return ARCHITECTURES[kind] ?? kind;
}

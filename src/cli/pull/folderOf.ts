import type { WeightSource } from "../../formats/weightSource.ts";
import { identify, type ModelKind } from "../../models/registry.ts";
import { modelFolderNames } from "../modelFolderNames.ts";

/** Folders into which a file can be pulled: one file is no model in diffusers' own layout. */
export const modelFolders: readonly string[] = modelFolderNames.filter((name) => name !== "diffusers");
const OLD_NAMES = new Map([
  ["unet", "diffusion_models"],
  ["clip", "text_encoders"],
]);

/** The folder that a repo's own layout names, as in split_files/vae/x.safetensors; the innermost one. `null`: none. */
export function folderByPath(path: string): string | null {
  const names = path.split("/").slice(0, -1);
  for (const name of names.reverse()) {
    const folder = OLD_NAMES.get(name) ?? name;
    if (modelFolders.includes(folder)) return folder;
  }
  return null;
}

const BY_KIND: Readonly<Record<ModelKind, string | null>> = {
  flux2: "diffusion_models",
  flux1: "diffusion_models",
  sd3: "diffusion_models",
  unet: "diffusion_models",
  vae: "vae",
  "text-encoder": "text_encoders",
  lora: "loras",
  controlnet: "controlnet",
  upscaler: "upscale_models",
  unknown: null,
};
/** What a checkpoint holds beside its transformer, and nothing else does. */
const BESIDE = /^(first_stage_model|cond_stage_model|conditioner|text_encoders|vae)\./;
/** llama.cpp's names, which all its language models have. */
const LLAMA = "token_embd.weight";

/** The folder for a file of weights, from its header alone. `null`: it does not tell. Source: models.md, "Prefixes and detection". */
export function folderByHeader(source: WeightSource): string | null {
  const { kind } = identify(source);
  const folder = BY_KIND[kind];
  if (folder === null) return source.tensors.has(LLAMA) ? "text_encoders" : null;
  const transformer = folder === "diffusion_models";
  return transformer && [...source.tensors.keys()].some((name) => BESIDE.test(name)) ? "checkpoints" : folder;
}

import type { WeightSource } from "../formats/weightSource.ts";

export type ModelKind =
  | "flux2"
  | "flux1"
  | "sd3"
  | "unet"
  | "vae"
  | "text-encoder"
  | "lora"
  | "controlnet"
  | "upscaler"
  | "unknown";

export interface Identity {
  readonly kind: ModelKind;
  /** A phrase for messages: "a VAE". */
  readonly what: string;
}

/** Keys that only one kind of file has, most telling first: a LoRA's keys contain those of the model it is for. */
const SIGNS: readonly (readonly [kind: ModelKind, what: string, sign: RegExp])[] = [
  [
    "lora",
    "a LoRA",
    /(^|[._])lora[._]?(up|down|A|B)\b|\.lora\.|lora_(unet|te\d?|transformer)_|\.(hada|lokr)_w1|\.oft_blocks|\.(diff|diff_b|set_weight)$/,
  ],
  ["flux2", "a Flux 2 transformer", /(^|\.)double_stream_modulation_img\.lin(ear)?\.weight/],
  ["controlnet", "a ControlNet", /(^|\.)(zero_convs\.0\.|controlnet_cond_embedding\.|controlnet_x_embedder\.)/],
  ["flux1", "a Flux 1 transformer", /(^|\.)double_blocks\.0\.img_attn\.norm\.key_norm\./],
  ["sd3", "a Stable Diffusion 3 transformer", /(^|\.)joint_blocks\.0\.context_block\./],
  ["unet", "a Stable Diffusion XL checkpoint or UNet", /(^|\.)label_emb\.0\.0\.weight$|^conditioner\.embedders\./],
  ["unet", "a Stable Diffusion 1.5 checkpoint", /^cond_stage_model\.transformer\./],
  ["unet", "a Stable Diffusion 2 checkpoint", /^cond_stage_model\.model\./],
  ["unet", "a Stable Diffusion checkpoint or UNet", /(^|\.)input_blocks\.0\.0\.weight$/],
  ["text-encoder", "a Qwen3 text encoder", /(^|\.)layers\.0\.self_attn\.q_norm\.weight/],
  ["text-encoder", "a T5 text encoder", /(^|\.)encoder\.block\.0\.layer\.0\.SelfAttention\.|^enc\.blk\.0\./],
  ["text-encoder", "a CLIP text encoder", /(^|\.)text_model\.encoder\.layers\.0\./],
  ["text-encoder", "a text encoder", /(^|\.)(embed_tokens|token_embedding|shared)\.weight$/],
  ["vae", "a Flux 2 VAE", /(^|\.)bn\.running_mean$/],
  ["vae", "a VAE", /(^|\.)(decoder|encoder)\.conv_in\.weight$|(^|\.)decoder\.up_blocks\./],
  ["upscaler", "an upscaling model", /(^|\.)(conv_first\.weight|RRDB_trunk\.|model\.1\.sub\.|body\.0\.rdb1\.)/],
];

/** What a file looks like, from its header alone. For messages: opening a model decides by its own key. */
export function identify(source: WeightSource): Identity {
  const names = [...source.tensors.keys()];
  for (const [kind, what, sign] of SIGNS) if (names.some((name) => sign.test(name))) return { kind, what };
  if (names.length === 0) return { kind: "unknown", what: "a file without tensors" };
  const first = names.slice(0, 3).join(", ");
  return { kind: "unknown", what: `a model that is not known here (its first tensors: ${first})` };
}

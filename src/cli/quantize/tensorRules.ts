/**
 * Which matrices are not encoded like the others, by the checkpoint's own names. Small parts that much depends on: what ComfyUI-GGUF's converter
 * and llama.cpp leave wide, and Flux 2's modulations, which all blocks share and whose times are computed once a run.
 */
export interface TensorRule {
  readonly name: RegExp;
  /** `keep`: as wide as it is in the input. `floor`: no smaller than eight bits. */
  readonly rule: "keep" | "floor";
  readonly why: string;
}

export const TENSOR_RULES: readonly TensorRule[] = [
  { name: /(^|\.)(img_in|txt_in|x_embedder|context_embedder|pos_embed)\b/, rule: "keep", why: "first layer" },
  {
    name: /(^|\.)(time_in|vector_in|guidance_in|time_embed|time_guidance_embed|label_emb|t_embedder|y_embedder)\./,
    rule: "keep",
    why: "embeds times",
  },
  { name: /(^|\.)(double|single)_stream_modulation/, rule: "keep", why: "modulation" },
  { name: /(^|\.)(final_layer|norm_out)\./, rule: "keep", why: "last layer" },
  { name: /^(transformer\.|model\.diffusion_model\.)?proj_out\./, rule: "keep", why: "last layer" },
  { name: /(^|\.)(relative_attention_bias|attn_rel_b|position_embedding)\.weight$/, rule: "keep", why: "places" },
  // read row by row on the host, or once behind all layers
  {
    name: /(^|\.)(embed_tokens|token_embd|token_embedding|shared|lm_head|output)\.weight$/,
    rule: "floor",
    why: "tokens",
  },
];

/** Fewer values than this gain nothing. Source: ComfyUI-GGUF's converter. */
export const SMALL_VALUES = 1024;

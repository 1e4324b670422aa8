/** llama.cpp's names of a block's tensors, and the published ones. Source: llama.cpp, gguf-py's tensor_mapping. */
const IN_BLOCK: Readonly<Record<string, string>> = {
  attn_norm: "layer.0.layer_norm",
  attn_q: "layer.0.SelfAttention.q",
  attn_k: "layer.0.SelfAttention.k",
  attn_v: "layer.0.SelfAttention.v",
  attn_o: "layer.0.SelfAttention.o",
  attn_rel_b: "layer.0.SelfAttention.relative_attention_bias",
  ffn_norm: "layer.1.layer_norm",
  ffn_gate: "layer.1.DenseReluDense.wi_0",
  ffn_up: "layer.1.DenseReluDense.wi_1",
  ffn_down: "layer.1.DenseReluDense.wo",
};
const OUTSIDE: Readonly<Record<string, string>> = {
  "token_embd.weight": "shared.weight",
  "enc.output_norm.weight": "encoder.final_layer_norm.weight",
};
/** Only llama.cpp's files of encoders have it. */
export const LLAMA_T5_SIGN = "enc.blk.0.attn_q.weight";

/** A T5 encoder's tensor under its published name; a name that llama.cpp does not give as it is. */
export function publishedT5Name(name: string): string {
  const [, block, part] = /^enc\.blk\.(\d+)\.(\w+)\.weight$/.exec(name) ?? [];
  if (part === undefined) return Object.hasOwn(OUTSIDE, name) ? OUTSIDE[name]! : name;
  return Object.hasOwn(IN_BLOCK, part) ? `encoder.block.${block}.${IN_BLOCK[part]}.weight` : name;
}

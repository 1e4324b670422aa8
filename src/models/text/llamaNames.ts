import type { WeightSource } from "../../formats/weightSource.ts";
import { type ListedSource, renamed } from "./renamed.ts";

/** llama.cpp's names of a layer's tensors, and the published ones. Source: llama.cpp, gguf-py's tensor_mapping. */
const IN_LAYER: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_q_norm: "self_attn.q_norm",
  attn_k_norm: "self_attn.k_norm",
  attn_output: "self_attn.o_proj",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};
const OUTSIDE: Readonly<Record<string, string>> = {
  token_embd: "embed_tokens",
  output_norm: "norm",
  output: "lm_head",
};
/** Only llama.cpp's files have it. */
const SIGN = "blk.0.attn_q.weight";

/** A language model as llama.cpp stores it, seen under the published names (`renamed`); any other file as it is. */
export function underPublishedNames(source: WeightSource): ListedSource {
  return source.tensors.has(SIGN) ? renamed(source, publishedName) : source;
}

function publishedName(name: string): string {
  const [, layer, part, end] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? [];
  if (part === undefined) return name;
  const table = layer === undefined ? OUTSIDE : IN_LAYER;
  const known = Object.hasOwn(table, part) ? table[part] : undefined;
  if (known === undefined) return name;
  return layer === undefined ? `${known}.${end}` : `layers.${layer}.${known}.${end}`;
}

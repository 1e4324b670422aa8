import type { GgufSource } from "../../formats/gguf/gguf.ts";
import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";

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

/**
 * A language model as llama.cpp stores it, seen under the published names; any other file as it is. Entries keep the names they have in
 * the file, for messages, and both names can be read. Lists of a GGUF's metadata stay at hand. Closing it closes the file.
 */
export function underPublishedNames(source: WeightSource): WeightSource & Partial<Pick<GgufSource, "list">> {
  if (!source.tensors.has(SIGN)) return source;
  const tensors = new Map<string, TensorEntry>();
  const inFile = new Map<string, string>();
  for (const [name, entry] of source.tensors) {
    const published = publishedName(name);
    tensors.set(published, entry);
    inFile.set(published, name);
  }
  return {
    path: source.path,
    fileBytes: source.fileBytes,
    identity: source.identity,
    metadata: source.metadata,
    tensors,
    read: (name, offset, into) => source.read(inFile.get(name) ?? name, offset, into),
    close: () => source.close(),
    ...("list" in source && { list: (key: string) => (source as GgufSource).list(key) }),
  };
}

function publishedName(name: string): string {
  const [, layer, part, end] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? [];
  if (part === undefined) return name;
  const table = layer === undefined ? OUTSIDE : IN_LAYER;
  const known = Object.hasOwn(table, part) ? table[part] : undefined;
  if (known === undefined) return name;
  return layer === undefined ? `${known}.${end}` : `layers.${layer}.${known}.${end}`;
}

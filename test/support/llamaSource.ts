import type { TensorEntry, WeightSource } from "../../src/formats/weightSource.ts";

/** Published names to llama.cpp's, written out apart from the table under test. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^.*embed_tokens\./, "token_embd."],
  [/^.*layers\.(\d+)\./, "blk.$1."],
  [/^(?:model\.)?norm\./, "output_norm."],
  [/input_layernorm/, "attn_norm"],
  [/self_attn\.([qkv])_proj/, "attn_$1"],
  [/self_attn\.o_proj/, "attn_output"],
  [/post_attention_layernorm/, "ffn_norm"],
  [/mlp\.(gate|up|down)_proj/, "ffn_$1"],
];

/** A Mistral as llama.cpp converts it: other names; in queries and keys row 2i + s of a head is what was row i + s * headDim / 2. */
export async function llamaSource(source: WeightSource, headDim: number): Promise<WeightSource> {
  const bodies = new Map<string, Uint8Array>();
  const tensors = new Map<string, TensorEntry>();
  for (const entry of source.tensors.values()) {
    const name = NAMES.reduce((text, [from, to]) => text.replace(from, to), entry.name);
    const body = new Uint8Array(entry.bytes);
    await source.read(entry.name, 0, body);
    const rows = entry.shape[0]!;
    const width = entry.bytes / rows;
    const moved = body.slice();
    if (/attn_[qk]\./.test(name))
      for (let row = 0; row < rows; row++) {
        const at = row % headDim;
        const from = row - at + (at >> 1) + (at & 1) * (headDim / 2);
        moved.set(body.subarray(from * width, (from + 1) * width), row * width);
      }
    bodies.set(name, moved);
    tensors.set(name, { ...entry, name });
  }
  return {
    path: "converted.gguf",
    identity: "converted",
    fileBytes: source.fileBytes,
    metadata: { "general.architecture": "llama", "llama.attention.key_length": String(headDim) },
    tensors,
    read: async (name, offset, into) => into.set(bodies.get(name)!.subarray(offset, offset + into.length)),
    close: async () => {},
  };
}

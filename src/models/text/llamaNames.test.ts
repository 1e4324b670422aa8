import { expect, test } from "vitest";
import { headerSource } from "../../../test/support/headerSource.ts";
import { underPublishedNames } from "./llamaNames.ts";
import { openTextEncoder } from "./open.ts";

/** A Qwen3 of two layers as llama.cpp writes it; shapes are the published ones. */
function llama(headNorms: boolean): Record<string, number[]> {
  const shapes: Record<string, number[]> = { "token_embd.weight": [50, 16], "output_norm.weight": [16] };
  for (let n = 0; n < 2; n++)
    Object.assign(shapes, {
      [`blk.${n}.attn_norm.weight`]: [16],
      [`blk.${n}.attn_q.weight`]: [24, 16],
      [`blk.${n}.attn_k.weight`]: [8, 16],
      [`blk.${n}.attn_v.weight`]: [8, 16],
      ...(headNorms && { [`blk.${n}.attn_q_norm.weight`]: [4], [`blk.${n}.attn_k_norm.weight`]: [4] }),
      [`blk.${n}.attn_output.weight`]: [16, 24],
      [`blk.${n}.ffn_norm.weight`]: [16],
      [`blk.${n}.ffn_gate.weight`]: [40, 16],
      [`blk.${n}.ffn_up.weight`]: [40, 16],
      [`blk.${n}.ffn_down.weight`]: [16, 40],
    });
  return shapes;
}

test("a Qwen3 under llama.cpp's names: every weight by its published name, from the file's own tensor", async () => {
  const asked: string[] = [];
  const file = { ...headerSource(llama(true)), read: async (name: string) => void asked.push(name) };
  const model = openTextEncoder(file, { taps: [1, 2] });
  expect(model.dims).toMatchObject({ family: "qwen3", heads: 6, kvHeads: 2, headDim: 4, layers: 2 });
  expect(Object.fromEntries(model.weights.map(({ name, entry }) => [name, entry.name]))).toMatchObject({
    "layers.0.input_layernorm.weight": "blk.0.attn_norm.weight",
    "layers.1.self_attn.q_proj.weight": "blk.1.attn_q.weight",
    "layers.1.self_attn.k_norm.weight": "blk.1.attn_k_norm.weight",
    "layers.1.self_attn.o_proj.weight": "blk.1.attn_output.weight",
    "layers.1.post_attention_layernorm.weight": "blk.1.ffn_norm.weight",
    "layers.1.mlp.down_proj.weight": "blk.1.ffn_down.weight",
  });
  expect(model.weights).toHaveLength(22);
  expect(model.embeddings).toBe("embed_tokens.weight");
  await model.source.read(model.embeddings, 0, new Uint8Array(4));
  await model.source.read(model.weights[0]!.entry.name, 0, new Uint8Array(4));
  expect(asked).toEqual(["token_embd.weight", "blk.0.attn_norm.weight"]);
});

test("names that are not llama.cpp's stay, and so do files that are not", () => {
  const odd = { ...llama(true), "blk.0.constructor.weight": [1], "rope_freqs.weight": [1], "blk.0.attn_q.scale": [1] };
  const seen = underPublishedNames(headerSource(odd));
  for (const name of ["blk.0.constructor.weight", "rope_freqs.weight", "blk.0.attn_q.scale"])
    expect(seen.tensors.has(name)).toBe(true);
  const other = headerSource({ "token_embd.weight": [4, 4] });
  expect(underPublishedNames(other)).toBe(other);
});

test("a Mistral's head width is what the metadata says; its positions turn neighbours", () => {
  const metadata = { "general.architecture": "llama", "llama.attention.key_length": "4" };
  const { dims } = openTextEncoder({ ...headerSource(llama(false)), metadata }, { taps: [1, 2] });
  expect(dims).toMatchObject({ family: "mistral3", heads: 6, kvHeads: 2, headDim: 4, neighbours: true });
  expect(openTextEncoder(headerSource(llama(true)), { taps: [1] }).dims.neighbours).toBeUndefined();
});

import { describe, expect, test } from "vitest";
import { headerSource } from "../../../test/support/headerSource.ts";
import { textInputs } from "./inputs.ts";
import { openTextEncoder } from "./open.ts";

function qwen3(layers: number, prefix = "model."): Record<string, number[]> {
  const shapes: Record<string, number[]> = { "embed_tokens.weight": [50, 16], "norm.weight": [16] };
  for (let n = 0; n < layers; n++)
    Object.assign(shapes, {
      [`layers.${n}.input_layernorm.weight`]: [16],
      [`layers.${n}.self_attn.q_proj.weight`]: [24, 16],
      [`layers.${n}.self_attn.k_proj.weight`]: [8, 16],
      [`layers.${n}.self_attn.v_proj.weight`]: [8, 16],
      [`layers.${n}.self_attn.q_norm.weight`]: [4],
      [`layers.${n}.self_attn.k_norm.weight`]: [4],
      [`layers.${n}.self_attn.o_proj.weight`]: [16, 24],
      [`layers.${n}.post_attention_layernorm.weight`]: [16],
      [`layers.${n}.mlp.gate_proj.weight`]: [40, 16],
      [`layers.${n}.mlp.up_proj.weight`]: [40, 16],
      [`layers.${n}.mlp.down_proj.weight`]: [16, 40],
    });
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
}

test.each(["", "model.", "text_encoders.qwen3_4b.transformer.model."])("keys start with %j", (prefix) => {
  const model = openTextEncoder(headerSource(qwen3(8, prefix)));
  expect(model.dims).toEqual({
    family: "qwen3",
    vocabulary: 50,
    hidden: 16,
    heads: 6,
    kvHeads: 2,
    headDim: 4,
    inner: 40,
    layers: 8,
  });
  expect(model.embeddings).toBe(`${prefix}embed_tokens.weight`);
  expect(model.contextWidth).toBe(48);
});

test("layers behind the last tap are not there", () => {
  const model = openTextEncoder(headerSource(qwen3(36)));
  expect(model.taps).toEqual([9, 18, 27]);
  expect(model.weights.length).toBe(27 * 11);
  expect(model.pass(7).stages.at(-1)!.name).toBe("layers.26");
});

/** The same without what only Qwen3 has. */
const mistral3 = (layers: number, whole = true) =>
  Object.fromEntries(
    Object.entries(qwen3(layers)).filter(
      ([name]) => !/[qk]_norm/.test(name) && (whole || name !== "model.norm.weight"),
    ),
  );

test("Mistral 3, whole or cut off behind what Flux 2 dev reads", () => {
  const options = { headDim: 4 };
  const whole = openTextEncoder(headerSource(mistral3(40)), options);
  expect(whole.dims).toMatchObject({ family: "mistral3", heads: 6, kvHeads: 2, headDim: 4, layers: 40 });
  const cut = openTextEncoder(headerSource(mistral3(30, false)), options);
  for (const { taps, weights } of [whole, cut]) expect([taps, weights.length]).toEqual([[10, 20, 30], 30 * 9]);
  expect(() => openTextEncoder(headerSource(mistral3(40)))).toThrow(
    "model.layers.0.self_attn.q_proj.weight gives 24 query and 8 key values, which are no heads of 128",
  );
});

test("a file that ends after its last tap", () => {
  const model = openTextEncoder(headerSource(qwen3(3)), { taps: [1, 3] });
  expect(model.pass(5).carried["context"]).toEqual({ dtype: "f32", shape: [1, 5, 32] });
});

describe("what is refused", () => {
  test.each([[[]], [[0]], [[2, 1]], [[1, 1]], [[5]], [[0.5]]])("taps %j of 4 layers", (taps) =>
    expect(() => openTextEncoder(headerSource(qwen3(4)), { taps })).toThrow("expected ascending layers from 0 to 4"),
  );

  test("another kind of file", () =>
    expect(() => openTextEncoder(headerSource({ "bn.running_mean": [128] }))).toThrowErrorMatchingInlineSnapshot(
      `[WrongModel: model.safetensors is not a Qwen3 or Mistral 3 text encoder: it looks like a Flux 2 VAE. Choose another file.]`,
    ));

  test("a language model of another family: Qwen2 has biases", () =>
    expect(() =>
      openTextEncoder(headerSource({ ...mistral3(4), "model.layers.0.self_attn.q_proj.bias": [24] })),
    ).toThrow("is not a Qwen3 or Mistral 3 text encoder: it looks like a text encoder."));

  test("heads that do not divide", () =>
    expect(() =>
      openTextEncoder(headerSource({ ...qwen3(4), "model.layers.0.self_attn.k_proj.weight": [16, 16] })),
    ).toThrow(
      "model.layers.0.self_attn.q_norm.weight is [4], which does not divide 24 query and 16 key values into heads",
    ));

  test("a text too long, before a mask is made for it", async () => {
    const model = openTextEncoder(headerSource(qwen3(4)));
    await expect(textInputs(model, new Int32Array(1_000_000), 9)).rejects.toThrow("a text of 1000000 tokens");
  });

  test.each([0, 1.5, 16_385])("a text of %d tokens", (tokens) =>
    expect(() => openTextEncoder(headerSource(qwen3(4))).pass(tokens)).toThrow(`a text of ${tokens} tokens`),
  );
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { GgufSource } from "../../src/formats/gguf/gguf.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { WeightSource } from "../../src/formats/weightSource.ts";
import { loadTokenizer, openTextEncoder, type TextEncoder, textInputs } from "../../src/models/text/index.ts";
import { goldenExists, goldenRoot } from "../formats/golden.ts";
import { llamaSource } from "../support/llamaSource.ts";
import { openRuntime } from "../support/openRuntime.ts";

describe.skipIf(!goldenExists)("text encoders as llama.cpp stores them", () => {
  test("a Mistral with reordered queries and keys gives the same context", async () => {
    const file = path.join(goldenRoot, "text/mistral3_weights");
    const { params } = JSON.parse(readFileSync(`${file}.json`, "utf8")) as { params: { head_dim: number } };
    const source = await openSafetensors(`${file}.safetensors`);
    const runtime = await openRuntime("cpu");
    const run = async (encoder: TextEncoder): Promise<Float32Array> => {
      const ids = [0, 0, 1, 5, 9, 7, 12, 3, 4];
      const pass = await runtime.load(encoder).begin([encoder.pass(ids.length)], { repeat: 1 });
      const [out] = await pass.pass([await textInputs(encoder, ids, 0)]);
      pass.end();
      return out!["context"]!;
    };
    try {
      const taps = [1, 2];
      const plain = await run(openTextEncoder(source, { taps, headDim: params.head_dim }));
      const llama = openTextEncoder(await llamaSource(source, params.head_dim), { taps });
      expect(llama.dims).toMatchObject({ family: "mistral3", headDim: params.head_dim, neighbours: true });
      const other = await run(llama);
      expect(other.length).toBe(plain.length);
      const size = Math.max(...plain.map(Math.abs));
      for (let i = 0; i < plain.length; i++) expect(Math.abs(other[i]! - plain[i]!)).toBeLessThan(1e-5 * size);
    } finally {
      await runtime.close();
    }
  });

  test("a tekken vocabulary from a GGUF's metadata cuts texts as the tekken.json does", async () => {
    const file = path.join(goldenRoot, "text/tekken_tiny");
    const source = await openSafetensors(`${file}.safetensors`);
    const json = new Uint8Array(source.tensors.get("tekken_model")!.bytes);
    await source.read("tekken_model", 0, json);
    const tekken = JSON.parse(new TextDecoder().decode(json)) as {
      config: { default_vocab_size: number; default_num_special_tokens: number };
      vocab: { rank: number; token_bytes: string }[];
      special_tokens: { rank: number; token_str: string }[];
    };
    const { default_num_special_tokens: reserved, default_vocab_size: size } = tekken.config;
    const tokens = Array.from({ length: reserved }, (_, i) => `<SPECIAL_${i}>`);
    for (const { rank, token_str } of tekken.special_tokens) tokens[rank] = token_str;
    for (const { rank, token_bytes } of tekken.vocab)
      if (rank < size - reserved) tokens[rank + reserved] = letters(Buffer.from(token_bytes, "base64"));
    const lists: Record<string, readonly (string | number)[]> = {
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": tokens.map((_, i) => (i < reserved ? 3 : 1)),
    };
    const gguf = {
      ...(await llamaSource(source, 2)),
      metadata: { "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "tekken" },
      tensors: new Map(),
      list: async (key: string) => lists[key]!,
    } satisfies WeightSource & Pick<GgufSource, "list">;
    const dims = { family: "mistral3", vocabulary: 131_072 };
    const ours = await loadTokenizer({ source: gguf, dims } as unknown as TextEncoder);
    const theirs = await loadTokenizer({ source, dims } as unknown as TextEncoder);
    const { rows } = JSON.parse(readFileSync(`${file}.json`, "utf8")) as { rows: { text: string }[] };
    expect(rows.length).toBeGreaterThan(3);
    for (const { text } of rows) expect(ours.encodePrompt(text)).toEqual(theirs.encodePrompt(text));
    const other = { ...gguf, metadata: { "tokenizer.ggml.model": "llama" } };
    await expect(loadTokenizer({ source: other, dims } as unknown as TextEncoder)).rejects.toMatchObject({
      code: "bad-tokenizer",
    });
  });
});

/** Bytes as GPT-2 writes them: what is no printable Latin-1 in order from U+0100 on. */
function letters(bytes: Uint8Array): string {
  const hidden = Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) => !/[!-~¡-¬®-ÿ]/.test(String.fromCharCode(byte)),
  );
  return Array.from(bytes, (byte) =>
    hidden.includes(byte) ? String.fromCodePoint(256 + hidden.indexOf(byte)) : String.fromCharCode(byte),
  ).join("");
}

import { expect, test } from "vitest";
import { headerSource } from "../../../test/support/headerSource.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import type { TextEncoder as Encoder } from "./open.ts";
import { loadTokenizer } from "./tokenizer.ts";

/** An encoder of which only the file and the vocabulary are looked at. */
const encoder = (source: WeightSource, vocabulary = 300): Encoder => ({ source, dims: { vocabulary } }) as Encoder;

function withTokenizer(text: string): WeightSource {
  const bytes = new TextEncoder().encode(text);
  const source = headerSource({ tokenizer_json: [bytes.length] }, { path: "te.safetensors", encoding: "U8", size: 1 });
  return { ...source, read: async (_name, offset, into) => into.set(bytes.subarray(offset, offset + into.length)) };
}

test.each([
  ["{", /^te\.safetensors: its tokenizer is no tokenizer\.json: /],
  ["null", /is no tokenizer\.json: is no object/],
  ["[]", /is no tokenizer\.json/],
  ['{"model":{}}', /is no tokenizer\.json/],
  [
    '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[],"normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":null}',
    /has no token <\|endoftext\|>/,
  ],
])("%s", async (text, message) => {
  await expect(loadTokenizer(encoder(withTokenizer(text)))).rejects.toMatchObject({
    code: "bad-tokenizer",
    message: expect.stringMatching(message),
  });
});

test("a tokenizer that is no bytes", () =>
  expect(loadTokenizer(encoder(headerSource({ tokenizer_json: [5] })))).rejects.toThrow(
    "is 10 bytes of BF16, expected U8",
  ));

test("no tokenizer, and too few rows for Qwen's", () =>
  expect(loadTokenizer(encoder(headerSource({ x: [1] })))).rejects.toThrow(
    "Qwen's 151669 tokens are more than its 300",
  ));

test("a read that failed is tried again", async () => {
  const good =
    '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[{"id":1,"content":"<|endoftext|>","special":true}],"normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":null}';
  const source = withTokenizer(good);
  let fail = true;
  const flaky: WeightSource = {
    ...source,
    read: (...args) => (fail ? Promise.reject(new Error("EIO")) : source.read(...args)),
  };
  const model = encoder(flaky);
  await expect(loadTokenizer(model)).rejects.toThrow("EIO");
  fail = false;
  const tokenizer = await loadTokenizer(model);
  expect(tokenizer.encode("aa<|endoftext|>")).toEqual([0, 0, 1]);
  expect(await loadTokenizer(model)).toBe(tokenizer);
});

test("a Mistral 3 without its tokenizer says where files with it are", () => {
  const source = headerSource({ tokenizer_json: [5] }, { path: "te.safetensors" });
  const mistral = { source, dims: { family: "mistral3", vocabulary: 300 } } as Encoder;
  return expect(loadTokenizer(mistral)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BadTokenizer: te.safetensors: its tokenizer is not in the file, which lacks the tensor tekken_model; the files that Comfy-Org/flux2-dev offers on Hugging Face have it (mistral_3_small_flux2_bf16.safetensors). Get the file again, or choose another text encoder.]`,
  );
});

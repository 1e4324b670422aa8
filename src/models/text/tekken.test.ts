import { expect, test } from "vitest";
import { tekkenTokenizer } from "./tekken.ts";

const bytes = Array.from({ length: 256 }, (_, rank) => ({ rank, token_bytes: Buffer.from([rank]).toString("base64") }));
const specials = ["<unk>", "<s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"];
const tekken = (more: object = {}) => ({
  config: { default_vocab_size: 300, default_num_special_tokens: 10 },
  vocab: bytes,
  special_tokens: specials.map((token_str, rank) => ({ rank, token_str })),
  ...more,
});
const open = (json: unknown, rows = 300) =>
  tekkenTokenizer(
    "te.safetensors",
    new TextEncoder().encode(typeof json === "string" ? json : JSON.stringify(json)),
    rows,
  );

test("ranks beyond the vocabulary's size are no tokens", () => {
  const pair = (rank: number) => ({ rank, token_bytes: Buffer.from("ab").toString("base64") });
  expect(open(tekken({ vocab: [...bytes, pair(289)] })).encode("ab")).toEqual([299]);
  expect(open(tekken({ vocab: [...bytes, pair(290)] })).encode("ab")).toEqual([107, 108]);
});

test("special tokens in the text, the longest first", () =>
  expect(open(tekken()).encode("<s>a[/SYSTEM_PROMPT]")).toEqual([1, 107, 5]));

test("a text of 100,000 characters, with and without spaces", () => {
  const tokenizer = open(tekken());
  for (const part of ["a", "a b ", "猫", " ", "\n"])
    expect(tokenizer.encodePrompt(part.repeat(100_000 / part.length)).length).toBeGreaterThan(25_000);
});

test.each([
  ["{", /^te\.safetensors: its tokenizer is no tekken\.json: /],
  ["null", /lacks config, vocab or special_tokens/],
  [{}, /lacks config, vocab or special_tokens/],
  [tekken({ special_tokens: undefined }), /lacks config, vocab or special_tokens/],
  [tekken({ config: { default_vocab_size: 5, default_num_special_tokens: 5 } }), /lacks config/],
  [tekken({ vocab: bytes.slice(1) }), /has no token for the byte 0/],
  [tekken({ vocab: [{ rank: -1, token_bytes: "" }] }), /has a token that is \{"rank":-1,"token_bytes":""\}/],
  [
    tekken({ special_tokens: [{ rank: 10, token_str: "x" }] }),
    /has a special token that is \{"rank":10,"token_str":"x"\}/,
  ],
  [tekken({ special_tokens: [] }), /has no token \[INST\]/],
])("refused: %#", (json, message) => expect(() => open(json)).toThrow(message));

test("more tokens than the encoder has rows for", () =>
  expect(() => open(tekken(), 299)).toThrow("has 300 tokens, more than the encoder's 299"));

import type { GgufSource } from "../../formats/gguf/gguf.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { BadTokenizer } from "../errors.ts";

const TOKENS = "tokenizer.ggml.tokens";
const TYPES = "tokenizer.ggml.token_type";
/** Control tokens, and those the model's makers defined: no text is cut into them unless it names them. */
const SPECIAL: ReadonlySet<unknown> = new Set([3, 4]);

/**
 * A Mistral's vocabulary in a GGUF's metadata, as the bytes of a tekken.json; `null` where there is none. llama.cpp lists the special tokens,
 * then the others by rank, their bytes written as letters. Throws `BadTokenizer`, and as `list` does. Source: the GGUF specification, "Tokenizer".
 */
export async function ggufTekken(source: WeightSource & Partial<Pick<GgufSource, "list">>): Promise<Uint8Array | null> {
  const { "tokenizer.ggml.model": model, "tokenizer.ggml.pre": pre } = source.metadata;
  if (!source.list || model === undefined) return null;
  if (model !== "gpt2" || pre !== "tekken")
    throw new BadTokenizer(source.path, `is of the kind ${model} ${pre ?? ""}, expected gpt2 tekken`);
  const [tokens, types] = [await source.list(TOKENS), await source.list(TYPES)];
  if (tokens.length !== types.length)
    throw new BadTokenizer(source.path, `has ${tokens.length} tokens and ${types.length} types of tokens`);
  let reserved = 0;
  while (SPECIAL.has(types[reserved])) reserved++;
  const file = {
    config: { default_vocab_size: tokens.length, default_num_special_tokens: reserved },
    special_tokens: tokens.slice(0, reserved).map((token_str, rank) => ({ rank, token_str })),
    vocab: tokens.slice(reserved).map((token, rank) => ({ rank, token_bytes: bytesOf(source.path, String(token)) })),
  };
  return new TextEncoder().encode(JSON.stringify(file));
}

/** A letter's byte: printable Latin-1 stands for itself, the others follow from U+0100 on. Source: GPT-2's byte-level BPE. */
const BYTES: ReadonlyMap<string, number> = (() => {
  const map = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    map.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return map;
})();

function bytesOf(path: string, token: string): string {
  const bytes = Array.from(token, (letter) => {
    const byte = BYTES.get(letter);
    if (byte === undefined) throw new BadTokenizer(path, `has the token ${JSON.stringify(token)}, which is no bytes`);
    return byte;
  });
  return Buffer.from(bytes).toString("base64");
}

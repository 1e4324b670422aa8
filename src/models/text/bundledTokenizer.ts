import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Tokenizer } from "@huggingface/tokenizers";
import { BadTokenizer } from "../errors.ts";

/** A text's ids, nothing added before or after it. */
export type Encode = (text: string) => number[];

const loaded = new Map<string, Promise<Encode>>();

/**
 * A vocabulary of the folder tokenizers/, for encoders that bring none: read when first asked for, then kept. Throws `BadTokenizer`
 * where the file is not as it was shipped.
 */
export function bundledTokenizer(name: "clip" | "t5"): Promise<Encode> {
  const known = loaded.get(name);
  if (known) return known;
  const loading = load(name);
  loaded.set(name, loading);
  loading.catch(() => loaded.delete(name));
  return loading;
}

async function load(name: string): Promise<Encode> {
  const path = fileURLToPath(new URL(`../../../tokenizers/${name}.json.gz`, import.meta.url));
  try {
    const json = (await promisify(gunzip)(await readFile(path))).toString("utf8");
    return encoderOf(JSON.parse(json) as object);
  } catch (error) {
    throw new BadTokenizer(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What a tokenizer.json says. Throws where it is none. */
export function encoderOf(json: object): Encode {
  const tokenizer = new Tokenizer(json, {});
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
}

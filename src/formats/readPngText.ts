import { isUtf8 } from "node:buffer";
import { inflateSync } from "node:zlib";
import { CorruptFile, TooLarge } from "./errors.ts";
import { pngChunks } from "./pngChunks.ts";

/** Bytes of text, inflated, that one picture may bring: the largest workflows have a few megabytes. */
const MAX_TEXT = 64 * 2 ** 20;
const MAX_CHUNKS = 10_000;

/**
 * The text chunks of a PNG by keyword (tEXt, zTXt, iTXt); the last of two equal keywords counts. Pixels are not decoded.
 * Throws UnsupportedFormat (no PNG), CorruptFile, TooLarge (compressed text is inflated within a limit).
 * Source: PNG 3rd edition, 11.3.3.
 */
export function readPngText(bytes: Uint8Array, path = "picture"): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  let left = MAX_TEXT;
  let count = 0;
  for (const { type, data } of pngChunks(bytes, path)) {
    if (type !== "tEXt" && type !== "zTXt" && type !== "iTXt") continue;
    if (++count > MAX_CHUNKS) throw new TooLarge(path, `has more than ${MAX_CHUNKS} text chunks`);
    const chunk = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const keyEnd = chunk.indexOf(0);
    if (keyEnd < 1 || keyEnd > 79) throw new CorruptFile(path, `a ${type} chunk has no keyword`);
    const key = chunk.toString("latin1", 0, keyEnd);
    const rest = chunk.subarray(keyEnd + 1);
    const value =
      type === "tEXt"
        ? rest
        : type === "zTXt"
          ? inflate(rest.subarray(1), rest[0], path, left)
          : international(rest, path, left);
    if ((left -= value.length) < 0) throw tooMuch(path);
    if (type === "iTXt" && !isUtf8(value)) throw new CorruptFile(path, "an iTXt chunk is not UTF-8");
    found.set(key, value.toString(type === "iTXt" ? "utf8" : "latin1"));
  }
  return Object.fromEntries(found);
}

/** Compression flag and method, language and translated keyword (each ended by NUL), then the text. */
function international(rest: Buffer, path: string, limit: number): Buffer {
  const languageEnd = rest.indexOf(0, 2);
  const translatedEnd = languageEnd < 0 ? -1 : rest.indexOf(0, languageEnd + 1);
  if (translatedEnd < 0 || rest[0]! > 1) throw new CorruptFile(path, "an iTXt chunk is malformed");
  const text = rest.subarray(translatedEnd + 1);
  return rest[0] === 1 ? inflate(text, rest[1], path, limit) : text;
}

function inflate(data: Buffer, method: number | undefined, path: string, limit: number): Buffer {
  if (method !== 0) throw new CorruptFile(path, `a text chunk has the unknown compression ${method}`);
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    if (error instanceof RangeError) throw tooMuch(path);
    throw new CorruptFile(path, "a compressed text chunk cannot be inflated");
  }
}

const tooMuch = (path: string): TooLarge => new TooLarge(path, `holds more than ${MAX_TEXT} bytes of text`);

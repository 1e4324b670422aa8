import { crc32 } from "node:zlib";
import { encode } from "fast-png";
import { asciiJson } from "./asciiJson.ts";
import { BadText } from "./errors.ts";
import { quote } from "./quote.ts";

/** Signature and IHDR: text follows them, before the pixels, as ComfyUI's pictures have it. */
const HEAD = 33;

/**
 * A PNG of 8-bit pixels with text chunks. `data` is [height, width, channels]. Each value of `text` is a JSON text; it is stored as tEXt
 * in ASCII (other characters as \uXXXX), which every reader takes alike. Keys: Latin-1, 1 to 79 characters.
 * Bytes are a function of the arguments alone: the deflate is JavaScript (fast-png), since the one inside Node differs between
 * versions and processors. Throws BadText.
 */
export function encodePng(
  picture: { width: number; height: number; channels: 1 | 2 | 3 | 4; data: Uint8Array },
  text: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { width, height, channels, data } = picture;
  const chunks = Object.entries(text).map(([key, value]) => textChunk(key, value));
  const bare = encode({ width, height, channels, data, depth: 8 }, { zlib: { level: 6 } });
  return Buffer.concat([bare.subarray(0, HEAD), ...chunks, bare.subarray(HEAD)]);
}

function textChunk(key: string, value: string): Buffer {
  // Controls are not legal in a keyword, and a NUL would end it.
  if (!/^[\x20-\x7e\xa0-\xff]{1,79}$/.test(key))
    throw new BadText(`the key ${quote(key)} cannot stand in a PNG: 1 to 79 characters of Latin-1 can`);
  const body = Buffer.from(`tEXt${key}\0${asciiJson(value)}`, "latin1");
  if (body.indexOf(0) !== body.lastIndexOf(0)) throw new BadText(`the text of ${quote(key)} holds a NUL character`);
  const chunk = Buffer.alloc(8 + body.length);
  chunk.writeUInt32BE(body.length - 4);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), 4 + body.length);
  return chunk;
}

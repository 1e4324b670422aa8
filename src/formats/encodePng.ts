import { crc32 } from "node:zlib";
import { encode } from "fast-png";
import { asciiJson } from "./asciiJson.ts";
import { BadText } from "./errors.ts";
import { filterRow } from "./filterRow.ts";
import { quote } from "./quote.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Signature and IHDR of what fast-png makes; its one IDAT follows. */
const HEAD = 33;
/** By number of channels. */
const COLOR_TYPE = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/**
 * A PNG of 8-bit pixels with text chunks before them, as ComfyUI's pictures have it. `data` is [height, width, channels]; with a `depth` of
 * 16 each of its values is two bytes, the high one first. Each value of
 * `text` is a JSON text; it is stored as tEXt in ASCII (other characters as \uXXXX), which every reader takes alike. Keys: Latin-1, 1
 * to 79 characters. Bytes are a function of the arguments alone: the deflate is JavaScript (fast-png's), since the one inside Node
 * differs between versions and processors. Throws BadText.
 */
export function encodePng(
  picture: { width: number; height: number; channels: 1 | 2 | 3 | 4; depth?: 8 | 16; data: Uint8Array },
  text: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { width, height, channels, depth = 8, data } = picture;
  const pixelBytes = (channels * depth) / 8;
  if (data.length !== width * height * pixelBytes)
    throw new Error(`invariant: ${data.length} bytes for a picture of [${height}, ${width}, ${channels}]`);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = depth;
  head[9] = COLOR_TYPE[channels];
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    ...Object.entries(text).map(([key, value]) => textChunk(key, value)),
    imageData(data, width * pixelBytes, height, pixelBytes),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * The IDAT chunk. fast-png deflates but never filters, which makes photographs nearly twice as large. So it is given the filtered rows,
 * filter bytes and all, as one long row of grey: the 0 that it puts before that row is the filter of ours that comes first.
 */
function imageData(data: Uint8Array, rowBytes: number, height: number, step: number): Uint8Array {
  const rows = new Uint8Array(height * (rowBytes + 1) - 1);
  rows.set(data.subarray(0, rowBytes));
  for (let y = 1; y < height; y++) {
    const start = y * rowBytes;
    const row = data.subarray(start, start + rowBytes);
    const at = y * (rowBytes + 1) - 1;
    rows[at] = filterRow(row, data.subarray(start - rowBytes, start), step, rows.subarray(at + 1, at + 1 + rowBytes));
  }
  const bare = encode({ width: rows.length, height: 1, channels: 1, depth: 8, data: rows }, { zlib: { level: 6 } });
  return bare.subarray(HEAD, bare.length - 12);
}

function textChunk(key: string, value: string): Uint8Array {
  // Controls are not legal in a keyword, and a NUL would end it.
  if (!/^[\x20-\x7e\xa0-\xff]{1,79}$/.test(key))
    throw new BadText(`the key ${quote(key)} cannot stand in a PNG: 1 to 79 characters of Latin-1 can`);
  if (value.includes("\0")) throw new BadText(`the text of ${quote(key)} holds a NUL character`);
  return chunk("tEXt", Buffer.from(`${key}\0${asciiJson(value)}`, "latin1"));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const made = Buffer.alloc(12 + data.length);
  made.writeUInt32BE(data.length);
  made.write(type, 4, "latin1");
  made.set(data, 8);
  made.writeUInt32BE(crc32(made.subarray(4, 8 + data.length)), 8 + data.length);
  return made;
}

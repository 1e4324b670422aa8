import { CorruptFile, UnsupportedFormat } from "./errors.ts";
import { checkPixels } from "./pictureCodec.ts";
import type { Pixels } from "./pixels.ts";

const HEAD = 14;
const RGB = 0;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

/** Where in a pixel of 16 or 32 bits a colour is: its lowest bit, and its largest value. */
interface Field {
  readonly shift: number;
  readonly max: number;
}

/**
 * The pixels of a Windows bitmap that is not compressed: palettes of 1, 4 and 8 bits, 16, 24 and 32 bits. RGB; RGBA where the file says
 * which bits are alpha. Throws UnsupportedFormat (run lengths, OS/2), CorruptFile, TooLarge. Source: BITMAPINFOHEADER and BITMAPV4HEADER.
 */
export function decodeBmp(bytes: Uint8Array, path = "picture"): Pixels {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const infoBytes = view.length >= HEAD + 4 ? view.readUInt32LE(HEAD) : 0;
  if (infoBytes < 40 || view.length < HEAD + infoBytes)
    throw infoBytes === 12
      ? new UnsupportedFormat(path, "is a BMP of OS/2; those of Windows are read")
      : new CorruptFile(path, "ends in its BMP header");
  const [width, signedHeight] = [view.readInt32LE(HEAD + 4), view.readInt32LE(HEAD + 8)];
  const height = Math.abs(signedHeight);
  checkPixels(path, width, height);
  const bits = view.readUInt16LE(HEAD + 14);
  const compression = view.readUInt32LE(HEAD + 16);
  if (compression !== RGB && compression !== BITFIELDS && compression !== ALPHA_BITFIELDS)
    throw new UnsupportedFormat(path, `is a BMP with compression ${compression}; those without are read`);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const start = view.readUInt32LE(10);
  if (![1, 4, 8, 16, 24, 32].includes(bits) || start + stride * height > view.length)
    throw new CorruptFile(path, `its ${width} x ${height} pixels of ${bits} bits end after the file`);
  /** Rows lie from the bottom to the top, unless the height is below 0. */
  const row = (y: number) => start + (signedHeight < 0 ? y : height - 1 - y) * stride;
  if (bits <= 8) return fromPalette(view, { width, height, bits, row, palette: HEAD + infoBytes, start }, path);

  const fields = fieldsOf(view, bits, compression, infoBytes, path);
  const channels = fields.length === 4 ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  const pixelBytes = bits / 8;
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = view.readUIntLE(row(y) + x * pixelBytes, pixelBytes);
      for (const { shift, max } of fields) data[to++] = Math.round((((pixel >>> shift) & max) * 255) / max);
    }
  return { width, height, channels, max: 255, data };
}

function fieldsOf(view: Buffer, bits: number, compression: number, infoBytes: number, path: string): readonly Field[] {
  if (compression === RGB) {
    // blue lies lowest; with 32 bits the fourth byte means nothing
    const [width, max] = bits === 16 ? [5, 31] : [8, 255];
    return [2, 1, 0].map((place) => ({ shift: place * width, max }));
  }
  // the masks are part of later headers, and follow the first one
  if (view.length < HEAD + 40 + 16 || bits === 24) throw new CorruptFile(path, "has no room for its colour masks");
  const hasAlpha = compression === ALPHA_BITFIELDS || infoBytes >= 56;
  const masks = [0, 4, 8, 12].map((at) => view.readUInt32LE(HEAD + 40 + at));
  const used = hasAlpha && masks[3] !== 0 ? masks : masks.slice(0, 3);
  return used.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const max = mask >>> shift;
    if (mask === 0 || (max & (max + 1)) !== 0 || mask >= 2 ** bits)
      throw new CorruptFile(path, `has the colour mask ${mask.toString(16)}, whose bits are not in one piece`);
    return { shift, max };
  });
}

function fromPalette(
  view: Buffer,
  {
    width,
    height,
    bits,
    row,
    palette,
    start,
  }: {
    readonly width: number;
    readonly height: number;
    readonly bits: number;
    row(y: number): number;
    readonly palette: number;
    readonly start: number;
  },
  path: string,
): Pixels {
  const colours = Math.floor((Math.min(start, view.length) - palette) / 4);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += 3) {
      const bit = x * bits;
      // the first pixel lies in the highest bits
      const index = (view[row(y) + (bit >> 3)]! >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      if (index >= colours) throw new CorruptFile(path, `has colour ${index} of a palette of ${colours}`);
      const at = palette + 4 * index;
      data[to] = view[at + 2]!;
      data[to + 1] = view[at + 1]!;
      data[to + 2] = view[at]!;
    }
  return { width, height, channels: 3, max: 255, data };
}

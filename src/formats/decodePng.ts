import { inflateSync } from "node:zlib";
import { CorruptFile, TooLarge } from "./errors.ts";
import type { Pixels } from "./pixels.ts";
import { pngChunks } from "./pngChunks.ts";
import { unfilterRow } from "./unfilterRow.ts";

/** What we decode for strangers. 2^27 pixels are 16384 x 8192. */
export const PNG_LIMITS = { pixels: 2 ** 27 } as const;

const GREY = 0;
const RGB = 2;
const PALETTE = 3;
const SAMPLES: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Where each pass of Adam7 starts and how far its pixels lie apart: x, y, dx, dy. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
/** Deflate makes at most 1032 bytes of one. Source: zlib's technical details. */
const DEFLATE_RATIO = 1032;

interface Head {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly color: number;
  readonly samples: 1 | 2 | 3 | 4;
  readonly interlaced: boolean;
}

/**
 * The pixels of a PNG, every colour type and depth, interlaced or not. Grey below 8 bits is widened to 8; palettes become RGBA (that is
 * what ComfyUI makes of them, opaque or not); a transparent colour becomes an alpha channel; gamma and profiles are left alone.
 * Sizes are checked before anything is allocated, and the data is inflated to the size that the header implies and no further.
 * Our own rather than fast-png's decoder: that one inflates without a limit and misreads interlaced pictures below 8 bits.
 * Throws UnsupportedFormat (it says what the file is), CorruptFile, TooLarge. Source: PNG 3rd edition.
 */
export function decodePng(bytes: Uint8Array, path = "picture"): Pixels {
  let head: Head | undefined;
  let palette: Uint8Array | undefined;
  let transparent: Uint8Array | undefined;
  const parts: Uint8Array[] = [];
  for (const { type, data } of pngChunks(bytes, path)) {
    if (type === "IHDR") {
      if (head) throw new CorruptFile(path, "has two IHDR chunks");
      head = readHead(data, path);
    } else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparent = data;
    else if (type === "IDAT") parts.push(data);
    // An upper-case first letter: a reader that does not know the chunk cannot show the picture.
    else if (type[0]! <= "Z") throw new CorruptFile(path, `has the unknown critical chunk ${type}`);
  }
  if (!head) throw new CorruptFile(path, "has no IHDR chunk");
  const raw = inflatePixels(parts, rawBytes(head), path);
  const samples = unfilter(head, raw, path);
  if (head.color === PALETTE) return fromPalette(head, samples, palette, transparent, path);
  return withTransparency(head, samples, transparent, path);
}

function readHead(data: Uint8Array, path: string): Head {
  if (data.length !== 13) throw new CorruptFile(path, `its IHDR has ${data.length} bytes, not 13`);
  const view = new DataView(data.buffer, data.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, color, compression, filter, interlace] = data.subarray(8) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (width < 1 || height < 1 || width >= 2 ** 31 || height >= 2 ** 31)
    throw new CorruptFile(path, `says that it is ${width} x ${height} pixels`);
  if (width * height > PNG_LIMITS.pixels)
    throw new TooLarge(path, `has ${width} x ${height} pixels, the limit is ${PNG_LIMITS.pixels} in all`);
  const samples = SAMPLES[color];
  if (!samples || !DEPTHS[color]!.includes(depth))
    throw new CorruptFile(path, `has colour type ${color} with ${depth} bits, which does not exist`);
  if (compression !== 0 || filter !== 0 || interlace > 1)
    throw new CorruptFile(path, `has compression ${compression}, filter ${filter}, interlace ${interlace}: unknown`);
  return { width, height, depth, color, samples, interlaced: interlace === 1 };
}

/** The pictures whose rows the data holds, one after the other: all of it, or seven passes. Empty passes are left out. */
function passes({
  width,
  height,
  interlaced,
}: Head): { x: number; y: number; dx: number; dy: number; w: number; h: number }[] {
  if (!interlaced) return [{ x: 0, y: 0, dx: 1, dy: 1, w: width, h: height }];
  return ADAM7.map(([x, y, dx, dy]) => ({
    x,
    y,
    dx,
    dy,
    w: Math.ceil((width - x) / dx),
    h: Math.ceil((height - y) / dy),
  })).filter(({ w, h }) => w > 0 && h > 0);
}

const rowBytes = ({ samples, depth }: Head, w: number): number => Math.ceil((w * samples * depth) / 8);

/** Each row has a byte before it that names its filter. */
const rawBytes = (head: Head): number => passes(head).reduce((sum, { w, h }) => sum + h * (1 + rowBytes(head, w)), 0);

function inflatePixels(parts: readonly Uint8Array[], expected: number, path: string): Uint8Array {
  const packed = Buffer.concat(parts);
  const lacking = (): CorruptFile =>
    new CorruptFile(path, `its data is not the ${expected} bytes that its size takes: is it complete?`);
  if (packed.length * DEFLATE_RATIO < expected) throw lacking();
  let raw: Uint8Array;
  try {
    raw = inflateSync(packed, { maxOutputLength: expected, chunkSize: Math.min(Math.max(expected, 1024), 2 ** 20) });
  } catch (error) {
    throw error instanceof RangeError
      ? new CorruptFile(path, `its data is more than the ${expected} bytes that its size takes`)
      : new CorruptFile(path, "its data cannot be inflated: is it complete?");
  }
  if (raw.length !== expected) throw lacking();
  return raw;
}

/** Undoes the filters in place, spreads packed samples and passes. Returns [height, width, samples] of 8 or 16 bits, values as stored. */
function unfilter(head: Head, raw: Uint8Array, path: string): Uint8Array | Uint16Array {
  const { width, height, depth, samples } = head;
  const count = width * height * samples;
  const out = depth === 16 ? new Uint16Array(count) : new Uint8Array(count);
  const pixelBytes = Math.max(1, (samples * depth) / 8);
  let at = 0;
  for (const { x, y, dx, dy, w, h } of passes(head)) {
    const length = rowBytes(head, w);
    let above: Uint8Array | null = null;
    for (let j = 0; j < h; j++) {
      const filter = raw[at]!;
      if (filter > 4) throw new CorruptFile(path, `row ${y + j * dy} has the unknown filter ${filter}`);
      const row = raw.subarray(at + 1, at + 1 + length);
      unfilterRow(filter, row, above, pixelBytes);
      above = row;
      at += 1 + length;
      spread(row, depth, samples, w, out, ((y + j * dy) * width + x) * samples, dx * samples);
    }
  }
  return out;
}

/** Writes `w` pixels of a row to `out` from `start` on, `step` samples apart. */
function spread(
  row: Uint8Array,
  depth: number,
  samples: number,
  w: number,
  out: Uint8Array | Uint16Array,
  start: number,
  step: number,
): void {
  if (depth === 8 && step === samples) {
    out.set(row, start);
    return;
  }
  const mask = 2 ** Math.min(depth, 8) - 1;
  for (let i = 0, k = 0; i < w; i++)
    for (let s = 0; s < samples; s++, k++) {
      const to = start + i * step + s;
      if (depth === 16) out[to] = (row[2 * k]! << 8) | row[2 * k + 1]!;
      else out[to] = (row[(k * depth) >> 3]! >> (8 - depth - ((k * depth) & 7))) & mask;
    }
}

function fromPalette(
  { width, height }: Head,
  indices: Uint8Array | Uint16Array,
  palette: Uint8Array | undefined,
  alpha: Uint8Array | undefined,
  path: string,
): Pixels {
  if (!palette || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768)
    throw new CorruptFile(path, palette ? `its palette has ${palette.length} bytes` : "has no palette");
  const colors = palette.length / 3;
  if (alpha && alpha.length > colors) throw new CorruptFile(path, `has ${alpha.length} alphas for ${colors} colours`);
  const data = new Uint8Array(indices.length * 4);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= colors) throw new CorruptFile(path, `pixel ${i} has colour ${index}, the palette has ${colors}`);
    data.set(palette.subarray(3 * index, 3 * index + 3), 4 * i);
    data[4 * i + 3] = alpha?.[index] ?? 255;
  }
  return { width, height, channels: 4, max: 255, data };
}

/** Grey below 8 bits is widened; the one colour that tRNS names becomes an alpha channel. */
function withTransparency(
  { width, height, depth, color, samples }: Head,
  stored: Uint8Array | Uint16Array,
  tRNS: Uint8Array | undefined,
  path: string,
): Pixels {
  const max = depth === 16 ? 65535 : 255;
  const factor = max / (2 ** depth - 1);
  if (!tRNS || (color !== GREY && color !== RGB)) {
    if (factor !== 1) for (let i = 0; i < stored.length; i++) stored[i]! *= factor;
    return { width, height, channels: samples, max, data: stored };
  }
  if (tRNS.length !== 2 * samples) throw new CorruptFile(path, `its tRNS has ${tRNS.length} bytes, not ${2 * samples}`);
  const key = Array.from({ length: samples }, (_, s) => (tRNS[2 * s]! << 8) | tRNS[2 * s + 1]!);
  const channels = (samples + 1) as 2 | 4;
  const pixels = width * height;
  const data = depth === 16 ? new Uint16Array(pixels * channels) : new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    let clear = true;
    for (let s = 0; s < samples; s++) {
      const value = stored[i * samples + s]!;
      clear &&= value === key[s];
      data[i * channels + s] = value * factor;
    }
    data[i * channels + samples] = clear ? 0 : max;
  }
  return { width, height, channels, max, data };
}

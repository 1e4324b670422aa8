import { CorruptFile, UnsupportedFormat } from "./errors.ts";
import { checkPixels, pictureCodec, SILENT, wasmOf, withoutAlpha } from "./pictureCodec.ts";
import type { Pixels } from "./pixels.ts";

const ALPHA = 0x10;
const ANIMATION = 0x02;

const decode = pictureCodec(async () => {
  const { default: decode, init } = await import("@jsquash/webp/decode.js");
  await (init as (...of: never[]) => Promise<void>)(await wasmOf("@jsquash/webp/codec/dec/webp_dec.wasm"), SILENT);
  return decode;
});

/**
 * The pixels of a still WebP, by libwebp in WebAssembly: RGBA where the file has alpha or is lossless (such files always carry one, which
 * ComfyUI makes a mask of), else RGB. Throws UnsupportedFormat (animated), CorruptFile, TooLarge.
 */
export async function decodeWebp(bytes: Uint8Array, path = "picture"): Promise<Pixels> {
  const { width, height, alpha } = webpHead(bytes, path);
  checkPixels(path, width, height);
  const { data } = await decode(bytes, path, { width, height });
  if (!alpha) return { width, height, channels: 3, max: 255, data: withoutAlpha(data) };
  return { width, height, channels: 4, max: 255, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * The size, which every chunk that has one must agree on: the decoder allocates by the picture's own, not by the canvas.
 * Source: RFC 9649, 2.4 to 2.7; RFC 6386, 9.1.
 */
function webpHead(bytes: Uint8Array, path: string): { width: number; height: number; alpha: boolean } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: { width: number; height: number } | null = null;
  let alpha = false;
  const agree = (width: number, height: number) => {
    if (size !== null && (size.width !== width || size.height !== height))
      throw new CorruptFile(path, `says that it is ${size.width} x ${size.height} and ${width} x ${height} pixels`);
    size = { width, height };
  };
  for (let at = 12; at + 8 <= view.length; ) {
    const kind = view.toString("latin1", at, at + 4);
    const length = view.readUInt32LE(at + 4);
    const data = view.subarray(at + 8, at + 8 + length);
    if (kind === "VP8X" && data.length >= 10) {
      if (data[0]! & ANIMATION) throw new UnsupportedFormat(path, "is an animated WebP; still ones are read");
      if (data[0]! & ALPHA) alpha = true;
      agree(data.readUIntLE(4, 3) + 1, data.readUIntLE(7, 3) + 1);
    } else if (kind === "VP8L" && data.length >= 5) {
      alpha = true;
      const bits = data.readUInt32LE(1);
      agree((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    } else if (kind === "VP8 " && data.length >= 10) {
      agree(data.readUInt16LE(6) & 0x3fff, data.readUInt16LE(8) & 0x3fff);
    }
    // Chunks are padded to even lengths.
    at += 8 + length + (length % 2);
  }
  if (size === null) throw new CorruptFile(path, "has no WebP picture in it");
  return { ...(size as { width: number; height: number }), alpha };
}

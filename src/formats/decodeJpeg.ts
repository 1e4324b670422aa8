import { checkScans } from "./checkScans.ts";
import { CorruptFile } from "./errors.ts";
import { checkPixels, type Decode, pictureCodec, SILENT, wasmOf, withoutAlpha } from "./pictureCodec.ts";
import type { Pixels } from "./pixels.ts";

const decode = pictureCodec(async () => {
  const { default: decode, init } = await import("@jsquash/jpeg/decode.js");
  await (init as (...of: never[]) => Promise<void>)(await wasmOf("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"), SILENT);
  return (bytes) =>
    (decode as unknown as (...of: [ArrayBuffer, object]) => ReturnType<Decode>)(bytes, { preserveOrientation: true });
});

/**
 * The pixels of a JPEG as RGB, turned as its EXIF says (cameras store how they were held). By MozJPEG in WebAssembly.
 * Throws CorruptFile, TooLarge.
 */
export async function decodeJpeg(bytes: Uint8Array, path = "picture"): Promise<Pixels> {
  const size = jpegSize(bytes, path);
  checkPixels(path, size.width, size.height);
  checkScans(bytes, path);
  const { width, height, data } = await decode(bytes, path, size);
  return { width, height, channels: 3, max: 255, data: withoutAlpha(data) };
}

/** The frame header's size; if there are several, the largest. Source: ITU-T T.81, B.1.1 (markers) and B.2.2 (SOF0 to SOF15 but DHT, JPG, DAC). */
function jpegSize(bytes: Uint8Array, path: string): { width: number; height: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: { width: number; height: number } | null = null;
  for (let at = 2; at + 4 <= view.length; ) {
    if (view[at] !== 0xff) break;
    const marker = view[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const length = view.readUInt16BE(at + 2);
    if (length < 2) break;
    if (
      marker >= 0xc0 &&
      marker <= 0xcf &&
      marker !== 0xc4 &&
      marker !== 0xc8 &&
      marker !== 0xcc &&
      at + 9 <= view.length
    ) {
      const [height, width] = [view.readUInt16BE(at + 5), view.readUInt16BE(at + 7)];
      if (found === null || width * height > found.width * found.height) found = { width, height };
    }
    at += 2 + length;
  }
  if (found === null) throw new CorruptFile(path, "has no JPEG frame header before its data");
  return found;
}

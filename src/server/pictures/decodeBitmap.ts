import { checkScans } from "../../formats/checkScans.ts";
import { CorruptFile, TooLarge, UnsupportedFormat } from "../../formats/errors.ts";
import { decodePng } from "../../formats/png.ts";
import type { Bitmap } from "./bitmap.ts";
import { pictureSize } from "./pictureSize.ts";
import { wasmOf } from "./wasmOf.ts";

type Decode = (bytes: ArrayBuffer) => Promise<Bitmap>;
let jpeg: Promise<Decode> | undefined;
let webp: Promise<Decode> | undefined;

/** What is decoded for a preview: 2^26 pixels are 8192 x 8192, a quarter of a gibibyte as RGBA. */
const MAX_PIXELS = 2 ** 26;

async function loadJpeg(): Promise<Decode> {
  const { default: decode, init } = await import("@jsquash/jpeg/decode.js");
  await init(await wasmOf("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
  return decode as unknown as Decode;
}

async function loadWebp(): Promise<Decode> {
  const { default: decode, init } = await import("@jsquash/webp/decode.js");
  await init(await wasmOf("@jsquash/webp/codec/dec/webp_dec.wasm"));
  return decode as unknown as Decode;
}

/**
 * The pixels of a PNG, JPEG or WebP, 16 bits cut to 8. Sizes are checked in the head, before anything is decoded. `alpha`: whether the file
 * has one. Throws UnsupportedFormat, CorruptFile, TooLarge.
 */
export async function decodeBitmap(bytes: Uint8Array, name: string): Promise<Bitmap & { readonly alpha: boolean }> {
  const size = pictureSize(bytes);
  if (size === null) throw new UnsupportedFormat(name, "is no PNG, JPEG or WebP");
  if (size.width * size.height > MAX_PIXELS) {
    throw new TooLarge(name, `has ${size.width} x ${size.height} pixels, the limit is ${MAX_PIXELS} in all`);
  }
  if (bytes[0] === 0x89) {
    const picture = decodePng(bytes, name);
    return { ...toRgba(picture), alpha: picture.channels === 2 || picture.channels === 4 };
  }
  const isJpeg = bytes[0] === 0xff;
  if (isJpeg) checkScans(bytes, name);
  const decode = isJpeg ? await (jpeg ??= loadJpeg()) : await (webp ??= loadWebp());
  try {
    // a copy: a Buffer's `slice` shares its pool, whose other bytes would come along
    const { width, height, data } = await decode(new Uint8Array(bytes).buffer);
    return { width, height, data, alpha: !isJpeg };
  } catch (error) {
    throw new CorruptFile(name, `cannot be decoded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toRgba({ width, height, channels, max, data }: ReturnType<typeof decodePng>): Bitmap {
  const out = new Uint8ClampedArray(width * height * 4);
  const shift = max === 65535 ? 8 : 0;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let pixel = 0, from = 0, to = 0; pixel < width * height; pixel++, from += channels, to += 4) {
    out[to] = data[from]! >> shift;
    out[to + 1] = data[from + green]! >> shift;
    out[to + 2] = data[from + blue]! >> shift;
    out[to + 3] = channels === 2 || channels === 4 ? data[from + channels - 1]! >> shift : 255;
  }
  return { width, height, data: out };
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { CorruptFile, TooLarge } from "./errors.ts";

/** What the WebAssembly decoders are given: 2^26 pixels are 8192 x 8192, and a quarter of a gibibyte as RGBA; their memory ends at two. */
const CODEC_PIXELS = 2 ** 26;

/** What they return: RGBA, not premultiplied. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
export type Decode = (bytes: ArrayBuffer) => Promise<Decoded>;

/** Throws TooLarge, CorruptFile (no pixels at all). */
export function checkPixels(path: string, width: number, height: number): void {
  if (width < 1 || height < 1) throw new CorruptFile(path, `says that it is ${width} x ${height} pixels`);
  if (width * height > CODEC_PIXELS)
    throw new TooLarge(path, `has ${width} x ${height} pixels, the limit is ${CODEC_PIXELS} in all`);
}

/**
 * Runs a decoder that is made on first use; one that failed is made anew, since its memory may be spoiled. What comes out must have the size
 * that was checked, or (a picture that is turned) that size on its side. Throws CorruptFile.
 */
export function pictureCodec(load: () => Promise<Decode>) {
  let ready: Promise<Decode> | undefined;
  return async (bytes: Uint8Array, path: string, size: { width: number; height: number }): Promise<Decoded> => {
    const decode = await (ready ??= load());
    let decoded: Decoded;
    try {
      // a Buffer's own slice would share its pool
      decoded = await decode(new Uint8Array(bytes).buffer);
    } catch {
      ready = undefined;
      throw new CorruptFile(path, "its picture data cannot be decoded: is it complete?");
    }
    const { width, height } = decoded;
    if (width * height !== size.width * size.height)
      throw new CorruptFile(path, `holds ${width} x ${height} pixels and says ${size.width} x ${size.height}`);
    return decoded;
  };
}

const require = createRequire(import.meta.url);
/** Node has it; its types are those of browsers, which are not loaded here. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<object> } };

/** A decoder's WebAssembly from its package: in Node nothing fetches it by itself. */
export async function wasmOf(file: string): Promise<never> {
  return (await WebAssembly.compile(await readFile(require.resolve(file)))) as never;
}

/** They say on stderr why they refuse a file; the error says it here. */
export const SILENT = { print: () => {}, printErr: () => {} } as never;

/** RGBA to RGB. */
export function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

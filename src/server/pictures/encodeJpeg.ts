import type { Bitmap } from "./bitmap.ts";
import { wasmOf } from "./wasmOf.ts";

type Encode = (data: Bitmap, options: Readonly<Record<string, unknown>>) => Promise<ArrayBuffer>;
let loaded: Promise<Encode> | undefined;

async function load(): Promise<Encode> {
  const { default: encode, init } = await import("@jsquash/jpeg/encode.js");
  await init(await wasmOf("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
  return encode as unknown as Encode;
}

/** A JPEG of a bitmap, whose alpha is left out. `quality`: 1 to 100. Baseline and one pass: previews are looked at once. */
export async function encodeJpeg(bitmap: Bitmap, quality: number): Promise<Uint8Array> {
  const encode = await (loaded ??= load());
  return new Uint8Array(await encode(bitmap, { quality, progressive: false, optimize_coding: false }));
}

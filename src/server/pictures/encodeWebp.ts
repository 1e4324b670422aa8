import type { Bitmap } from "./bitmap.ts";
import { wasmOf } from "./wasmOf.ts";

type Encode = (data: Bitmap, options: Readonly<Record<string, unknown>>) => Promise<ArrayBuffer>;
let loaded: Promise<Encode> | undefined;

async function load(): Promise<Encode> {
  const { default: encode, init } = await import("@jsquash/webp/encode.js");
  // Every WebAssembly of Node 20 has SIMD, and the package takes that build where it is there.
  await init(await wasmOf("@jsquash/webp/codec/enc/webp_enc_simd.wasm"));
  return encode as unknown as Encode;
}

/** A WebP of a bitmap, alpha included. `quality`: 1 to 100. */
export async function encodeWebp(bitmap: Bitmap, quality: number): Promise<Uint8Array> {
  const encode = await (loaded ??= load());
  return new Uint8Array(await encode(bitmap, { quality }));
}

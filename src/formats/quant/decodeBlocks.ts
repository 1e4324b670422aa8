import type { BlockEncoding } from "../weightSource.ts";
import { BLOCK_CODECS } from "./blockCodecs.ts";

/** The values of whole blocks as f32. `out` must hold them all. */
export function decodeBlocks(
  encoding: BlockEncoding,
  bytes: Uint8Array,
  out: Float32Array = new Float32Array((bytes.length / BLOCK_CODECS[encoding].bytes) * BLOCK_CODECS[encoding].values),
): Float32Array {
  const codec = BLOCK_CODECS[encoding];
  if (bytes.length % codec.bytes !== 0)
    throw new Error(`invariant: ${bytes.length} bytes are no whole number of ${encoding} blocks of ${codec.bytes}`);
  for (let block = 0; block * codec.bytes < bytes.length; block++)
    codec.decode(bytes, block * codec.bytes, out, block * codec.values);
  return out;
}

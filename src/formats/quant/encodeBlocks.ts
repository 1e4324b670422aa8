import type { BlockEncoding } from "../weightSource.ts";
import { BLOCK_CODECS } from "./blockCodecs.ts";
import { type EncodeBlock, encodeQ4_0, encodeQ4_1, encodeQ5_0, encodeQ5_1, encodeQ8_0 } from "./encodeLegacy.ts";
import { encodeMxfp4 } from "./encodeMxfp4.ts";
import { encodeTQ1_0, encodeTQ2_0 } from "./encodeTernary.ts";

/** What gguf-py encodes too. The other encodings have no formula but a search, which the compute library does. */
const ENCODERS = {
  Q4_0: encodeQ4_0,
  Q4_1: encodeQ4_1,
  Q5_0: encodeQ5_0,
  Q5_1: encodeQ5_1,
  Q8_0: encodeQ8_0,
  MXFP4: encodeMxfp4,
  TQ1_0: encodeTQ1_0,
  TQ2_0: encodeTQ2_0,
} as const satisfies Partial<Record<BlockEncoding, EncodeBlock>>;

export type PlainlyEncoded = keyof typeof ENCODERS;

export const isPlainlyEncoded = (encoding: string): encoding is PlainlyEncoded => Object.hasOwn(ENCODERS, encoding);

/** f32 values as blocks, into `out`: whole blocks, finite values. Bytes equal gguf-py's own. */
export function encodeBlocks(encoding: PlainlyEncoded, values: Float32Array, out: Uint8Array): void {
  const { values: size, bytes } = BLOCK_CODECS[encoding];
  if (values.length % size !== 0 || out.length !== (values.length / size) * bytes)
    throw new Error(`invariant: ${values.length} values into ${out.length} bytes of ${encoding}`);
  const encode = ENCODERS[encoding];
  for (let block = 0; block * size < values.length; block++) encode(values, block * size, out, block * bytes);
}

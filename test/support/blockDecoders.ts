import { BLOCK_CODECS } from "../../src/formats/quant/blockCodecs.ts";
import type { BlockDecoder } from "../../src/reference/decodeRow.ts";
import type { DType } from "../../src/tensor/dtype.ts";

/** The reference codecs of GGUF's blocks by the device's names: what the reference backend is lent. */
export const blockDecoders = Object.fromEntries(
  Object.entries(BLOCK_CODECS).map(([encoding, codec]) => [
    encoding.toLowerCase(),
    (block, at, out, to) => codec.decode(block, at, out, to),
  ]),
) as Readonly<Partial<Record<DType, BlockDecoder>>>;

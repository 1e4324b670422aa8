import type { PlainEncoding } from "./weightSource.ts";

/** Bits of one value. A tensor is a whole number of bytes. Source: safetensors 0.6, `Dtype::bitsize`. */
export const ENCODING_BITS: Readonly<Record<PlainEncoding, number>> = {
  F64: 64,
  F32: 32,
  F16: 16,
  BF16: 16,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F4: 4,
  I64: 64,
  I32: 32,
  I16: 16,
  I8: 8,
  U64: 64,
  U32: 32,
  U16: 16,
  U8: 8,
  BOOL: 8,
};

import { E2M1, E4M3, E5M2, E8M0 } from "./fp8.ts";
import { bf16ToF32, f16ToF32 } from "./halfFloat.ts";
import { decodeBlocks } from "./quant/decodeBlocks.ts";
import type { Encoding } from "./weightSource.ts";

/**
 * The values of a tensor's bytes as f32 (a copy, always). `bytes` may start anywhere; little-endian, as files are. F64 and the wide
 * integers are rounded to f32. F4 packs two values a byte, the first in the low bits.
 * GGUF's encodings must come in whole blocks.
 */
export function toFloat32(encoding: Encoding, bytes: Uint8Array): Float32Array {
  switch (encoding) {
    case "F32":
      return new Float32Array(aligned(bytes));
    case "F16":
      return f16ToF32(new Uint16Array(aligned(bytes)));
    case "BF16":
      return bf16ToF32(new Uint16Array(aligned(bytes)));
    case "F64":
      return Float32Array.from(new Float64Array(aligned(bytes)));
    case "F8_E4M3":
      return look(bytes, E4M3);
    case "F8_E5M2":
      return look(bytes, E5M2);
    case "F8_E8M0":
      return look(bytes, E8M0);
    case "F4":
      return Float32Array.from({ length: bytes.length * 2 }, (_, i) => E2M1[(bytes[i >> 1]! >> (4 * (i & 1))) & 15]!);
    case "I64":
      return Float32Array.from(new BigInt64Array(aligned(bytes)), Number);
    case "U64":
      return Float32Array.from(new BigUint64Array(aligned(bytes)), Number);
    case "I32":
      return Float32Array.from(new Int32Array(aligned(bytes)));
    case "U32":
      return Float32Array.from(new Uint32Array(aligned(bytes)));
    case "I16":
      return Float32Array.from(new Int16Array(aligned(bytes)));
    case "U16":
      return Float32Array.from(new Uint16Array(aligned(bytes)));
    case "I8":
      return Float32Array.from(new Int8Array(aligned(bytes)));
    case "U8":
    case "BOOL":
      return Float32Array.from(bytes);
    default:
      return decodeBlocks(encoding, bytes);
  }
}

/** Typed arrays start at multiples of their element; a file's tensors do not. */
const aligned = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const look = (bytes: Uint8Array, table: Float32Array): Float32Array => {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = table[bytes[i]!]!;
  return values;
};

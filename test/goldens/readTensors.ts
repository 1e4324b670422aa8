import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { Encoding } from "../../src/formats/weightSource.ts";
import type { GoldenTensor, Tensors } from "./goldenCase.ts";

/** All tensors of a safetensors file, widened to numbers (64-bit integers to bigint). For small files: it holds everything. */
export async function readTensors(file: string): Promise<Tensors> {
  const source = await openSafetensors(file);
  try {
    const tensors = new Map<string, GoldenTensor>();
    for (const { name, encoding, shape, bytes } of source.tensors.values()) {
      const buffer = new Uint8Array(bytes);
      await source.read(name, 0, buffer);
      tensors.set(name, { shape, data: widen(encoding, buffer.buffer) });
    }
    return tensors;
  } finally {
    await source.close();
  }
}

/** The goldens' own reading of bytes, apart from the product's codecs, which some of the cases test. */
function widen(encoding: Encoding, bytes: ArrayBuffer): GoldenTensor["data"] {
  switch (encoding) {
    case "F64":
      return new Float64Array(bytes);
    case "F32":
      return new Float32Array(bytes);
    case "F16":
      return Float32Array.from(new Uint16Array(bytes), halfToNumber);
    case "BF16":
      return new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer);
    case "I64":
      return new BigInt64Array(bytes);
    case "U64":
      return new BigUint64Array(bytes);
    case "I32":
      return new Int32Array(bytes);
    case "U32":
      return new Uint32Array(bytes);
    case "I16":
      return new Int16Array(bytes);
    case "U16":
      return new Uint16Array(bytes);
    case "I8":
      return new Int8Array(bytes);
    default:
      // F8, F4, U8 and BOOL: what the cases compare are their bytes
      return new Uint8Array(bytes);
  }
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

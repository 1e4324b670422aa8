import { VALUE_TYPES, type ValueType } from "./ggufScanner.ts";

/** A metadata value as a file holds it: the number of its kind, then its bytes. */
export type GgufValue = Uint8Array;

/** Text as GGUF writes it: 8 bytes of length, then UTF-8. */
export function ggufText(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  const out = Buffer.alloc(8 + bytes.length);
  out.writeBigUInt64LE(BigInt(bytes.length));
  bytes.copy(out, 8);
  return out;
}

export const ggufString = (text: string): GgufValue => Buffer.concat([kind("string"), ggufText(text)]);

export function ggufU32(value: number): GgufValue {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return Buffer.concat([kind("u32"), out]);
}

export function ggufI32List(values: readonly number[]): GgufValue {
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(values.length));
  return Buffer.concat([kind("array"), kind("i32"), count, new Uint8Array(Int32Array.from(values).buffer)]);
}

function kind(name: ValueType): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(VALUE_TYPES.findIndex((type) => type.name === name));
  return out;
}

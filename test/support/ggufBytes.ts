import { VALUE_TYPES } from "../../src/formats/gguf/ggufScanner.ts";

/** A metadata value as it is to stand in a file: its kind by name or number, and what follows. */
export interface GgufValue {
  readonly type: (typeof VALUE_TYPES)[number]["name"] | number;
  readonly value: number | bigint | boolean | string | Uint8Array | readonly GgufValue[];
}

export interface GgufTensor {
  readonly name: string;
  /** As in the file, fastest first. */
  readonly sizes: readonly (number | bigint)[];
  readonly type: number;
  /** Bytes of the body; the offset follows from those before, unless it is given. */
  readonly bytes: number;
  readonly offset?: number | bigint;
}

export interface GgufParts {
  readonly magic?: string;
  readonly version?: number;
  readonly values?: readonly (readonly [key: string, value: GgufValue])[];
  readonly tensors?: readonly GgufTensor[];
  readonly alignment?: number;
  /** Counts that are not those of the lists. */
  readonly tensorCount?: bigint;
  readonly valueCount?: bigint;
  /** Bytes behind the body. */
  readonly appended?: number;
}

/** The bytes of a GGUF file, right or wrong: what `parts` says, in the format's order. Bodies count up from 1, so that places show. */
export function ggufBytes(parts: GgufParts): Buffer {
  const { magic = "GGUF", version = 3, values = [], tensors = [], alignment = 32, appended = 0 } = parts;
  const head: Buffer[] = [Buffer.from(magic, "latin1"), u32(version)];
  head.push(u64(parts.tensorCount ?? BigInt(tensors.length)), u64(parts.valueCount ?? BigInt(values.length)));
  for (const [key, value] of values) head.push(text(key), u32(number(value)), payload(value));
  let at = 0;
  const bodies = tensors.map(({ bytes }) => {
    const offset = Math.ceil(at / alignment) * alignment;
    at = offset + bytes;
    return { offset, bytes };
  });
  for (const [i, { name, sizes, type, offset }] of tensors.entries()) {
    head.push(text(name), u32(sizes.length), ...sizes.map(u64), u32(type), u64(offset ?? bodies[i]!.offset));
  }
  const header = Buffer.concat(head);
  const start = Math.ceil(header.length / alignment) * alignment;
  const file = Buffer.alloc(tensors.length === 0 ? header.length + appended : start + at + appended);
  header.copy(file);
  for (const { offset, bytes } of bodies) for (let i = 0; i < bytes; i++) file[start + offset + i] = i + 1;
  return file;
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([u64(bytes.length), bytes]);
};
const number = ({ type }: GgufValue): number =>
  typeof type === "number" ? type : VALUE_TYPES.findIndex(({ name }) => name === type);

function payload({ type, value }: GgufValue): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) {
    const items = value as readonly GgufValue[];
    return Buffer.concat([u32(items[0] ? number(items[0]) : 4), u64(items.length), ...items.map(payload)]);
  }
  const bytes = Buffer.alloc(8);
  switch (type) {
    case "u8":
      return bytes.subarray(0, bytes.writeUInt8(value as number));
    case "i8":
      return bytes.subarray(0, bytes.writeInt8(value as number));
    case "bool":
      return bytes.subarray(0, bytes.writeUInt8(Number(value)));
    case "u16":
      return bytes.subarray(0, bytes.writeUInt16LE(value as number));
    case "i16":
      return bytes.subarray(0, bytes.writeInt16LE(value as number));
    case "u32":
      return bytes.subarray(0, bytes.writeUInt32LE(value as number));
    case "i32":
      return bytes.subarray(0, bytes.writeInt32LE(value as number));
    case "f32":
      return bytes.subarray(0, bytes.writeFloatLE(value as number));
    case "f64":
      return bytes.subarray(0, bytes.writeDoubleLE(value as number));
    case "u64":
      return bytes.subarray(0, bytes.writeBigUInt64LE(BigInt(value as bigint)));
    case "i64":
      return bytes.subarray(0, bytes.writeBigInt64LE(BigInt(value as bigint)));
    default:
      return text(value as string);
  }
}

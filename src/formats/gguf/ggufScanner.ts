import { isUtf8 } from "node:buffer";
import { quote } from "../quote.ts";

/** The bytes read so far end inside the header: more of the file must be read. Thrown and caught in this folder only. */
export class NeedMore extends Error {
  override readonly name = "NeedMore";
}

/** Something a GGUF header may not hold. `at` counts bytes of the file. */
export class GgufSyntax extends Error {
  override readonly name = "GgufSyntax";
  constructor(fact: string, at: number) {
    super(`${fact} (at byte ${at})`);
  }
}

/** Names what is read, for a message. Called when there is one. */
type What = () => string;

/** Kinds of metadata values, by their number in a file. `bytes`: of one value; `null` where that varies. */
export const VALUE_TYPES = [
  { name: "u8", bytes: 1 },
  { name: "i8", bytes: 1 },
  { name: "u16", bytes: 2 },
  { name: "i16", bytes: 2 },
  { name: "u32", bytes: 4 },
  { name: "i32", bytes: 4 },
  { name: "f32", bytes: 4 },
  { name: "bool", bytes: 1 },
  { name: "string", bytes: null },
  { name: "array", bytes: null },
  { name: "u64", bytes: 8 },
  { name: "i64", bytes: 8 },
  { name: "f64", bytes: 8 },
] as const;
export type ValueType = (typeof VALUE_TYPES)[number]["name"];
export type Scalar = number | bigint | boolean | string;

/**
 * Reads little-endian values from the start of a GGUF file. `whole`: the bytes given are all there are (the file's, or as many as a header
 * may have), so that running out of them is the file's fault and not a reason to read on.
 */
export class GgufScanner {
  readonly bytes: Buffer;
  readonly #whole: boolean;
  at = 0;

  constructor(bytes: Uint8Array, whole: boolean) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#whole = whole;
  }

  /** Where `bytes` bytes begin that are then passed over. */
  take(bytes: number, what: What): number {
    if (this.at + bytes > this.bytes.length) {
      if (!this.#whole) throw new NeedMore();
      throw this.fault(
        `${what()} does not fit: it takes ${bytes} bytes, ${this.bytes.length - this.at} are left: is the download complete?`,
      );
    }
    const at = this.at;
    this.at += bytes;
    return at;
  }

  u32(what: What): number {
    return this.bytes.readUInt32LE(this.take(4, what));
  }

  /** A 64-bit count that is at most `max`. */
  count(what: What, max: number): number {
    const at = this.take(8, what);
    const value = this.bytes.readBigUInt64LE(at);
    if (value > BigInt(max)) throw new GgufSyntax(`${what()} is ${value}, the limit is ${max}`, at);
    return Number(value);
  }

  string(what: What, maxBytes: number): string {
    const bytes = this.count(() => `the length of ${what()}`, maxBytes);
    const at = this.take(bytes, what);
    const text = this.bytes.subarray(at, at + bytes);
    if (!isUtf8(text)) throw new GgufSyntax(`${what()} is not UTF-8`, at);
    return text.toString("utf8");
  }

  valueType(what: What): ValueType {
    const at = this.at;
    const number = this.u32(what);
    const type = VALUE_TYPES[number];
    if (!type) throw new GgufSyntax(`${what()} is ${number}, which is no kind of value`, at);
    return type.name;
  }

  scalar(type: Exclude<ValueType, "array">, what: What, maxStringBytes: number): Scalar {
    const { bytes } = this;
    const next = (size: number): number => this.take(size, what);
    switch (type) {
      case "u8":
        return bytes.readUInt8(next(1));
      case "i8":
        return bytes.readInt8(next(1));
      case "u16":
        return bytes.readUInt16LE(next(2));
      case "i16":
        return bytes.readInt16LE(next(2));
      case "u32":
        return bytes.readUInt32LE(next(4));
      case "i32":
        return bytes.readInt32LE(next(4));
      case "f32":
        return bytes.readFloatLE(next(4));
      case "u64":
        return bytes.readBigUInt64LE(next(8));
      case "i64":
        return bytes.readBigInt64LE(next(8));
      case "f64":
        return bytes.readDoubleLE(next(8));
      case "bool": {
        const at = next(1);
        const value = bytes[at]!;
        if (value > 1) throw new GgufSyntax(`${what()} is ${value}, expected 0 or 1`, at);
        return value === 1;
      }
      case "string":
        return this.string(what, maxStringBytes);
    }
  }

  fault(fact: string): GgufSyntax {
    return new GgufSyntax(fact, this.at);
  }
}

export const named = (kind: string, name: string): string => `${kind} ${quote(name)}`;

import type { Encoding } from "../weightSource.ts";
import { GGUF_LIMITS } from "./ggufHeader.ts";
import { GGUF_TYPES } from "./ggufTypes.ts";
import { type GgufValue, ggufI32List, ggufText } from "./ggufValue.ts";

/** A tensor of a file that is to be written. Shape outermost first. */
export interface GgufTensor {
  readonly name: string;
  readonly encoding: Encoding;
  readonly shape: readonly number[];
}

/** A file's first bytes, up to where the first tensor begins, and where each tensor's bytes belong. */
export interface GgufLayout {
  readonly header: Uint8Array;
  /** From the start of the file, in the order of the tensors given. */
  readonly places: readonly { readonly offset: number; readonly bytes: number }[];
  readonly fileBytes: number;
}

/** GGUF's default; a file that says another was aligned for something that is not known here. */
const ALIGNMENT = 32;
const VERSION = 3;

/** A type's number, and the size of its blocks; `undefined`: GGUF has no such type. */
export function ggufTypeOf(encoding: Encoding) {
  for (const [number, type] of GGUF_TYPES) if (type.encoding === encoding) return { number, ...type };
  return undefined;
}

/**
 * Lays out a GGUF file of version 3: metadata, the table, and each tensor's place in the order given. Shapes are reversed; what has more than
 * four axes is stored with the first ones joined and its shape in `comfy.gguf.orig_shape.NAME`, as ComfyUI-GGUF expects it. Callers give
 * only what GGUF can hold; all else is a mistake of ours. Source: ggml's docs/gguf.md.
 */
export function writeGgufHeader(metadata: ReadonlyMap<string, GgufValue>, tensors: readonly GgufTensor[]): GgufLayout {
  const values = new Map(metadata);
  values.delete("general.alignment");
  const stored = tensors.map(({ name, shape }) => {
    if (shape.length <= GGUF_LIMITS.axes) return shape;
    values.set(`comfy.gguf.orig_shape.${name}`, ggufI32List(shape));
    const joined = shape.length - GGUF_LIMITS.axes + 1;
    return [shape.slice(0, joined).reduce((n, size) => n * size, 1), ...shape.slice(joined)];
  });
  const places: { offset: number; bytes: number }[] = [];
  const table: Uint8Array[] = [];
  let at = 0;
  tensors.forEach(({ name, encoding }, i) => {
    const shape = stored[i]!;
    const type = ggufTypeOf(encoding);
    if (!type || (shape.at(-1) ?? 1) % type.values !== 0)
      throw new Error(`invariant: ${name} [${shape}] cannot be ${encoding} in a GGUF file`);
    const bytes = (shape.reduce((n, size) => n * size, 1) / type.values) * type.bytes;
    places.push({ offset: at, bytes });
    table.push(ggufText(name), u32(shape.length), ...shape.toReversed().map(u64), u32(type.number), u64(at));
    at = padded(at + bytes);
  });
  const parts = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(values.size)];
  for (const [key, value] of values) parts.push(Buffer.from(ggufText(key)), Buffer.from(value));
  const text = Buffer.concat([...parts, ...table]);
  const header = Buffer.alloc(padded(text.length));
  text.copy(header);
  return {
    header,
    places: places.map(({ offset, bytes }) => ({ offset: header.length + offset, bytes })),
    fileBytes: header.length + at,
  };
}

const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}

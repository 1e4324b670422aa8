import { CorruptFile, TooLarge, UnsupportedFormat } from "../errors.ts";
import { quote } from "../quote.ts";
import type { TensorEntry } from "../weightSource.ts";
import type { WeightsHeader } from "../weightsFile.ts";
import { GgufScanner, GgufSyntax, NeedMore, named, type Scalar, VALUE_TYPES, type ValueType } from "./ggufScanner.ts";
import { GGUF_TYPES, UNREAD_GGUF_TYPES } from "./ggufTypes.ts";

/** What we take from a header. The largest vocabularies published have some 260,000 tokens and as many merges: 10 MB. */
export const GGUF_LIMITS = {
  headerBytes: 100_000_000,
  tensors: 500_000,
  /** As ggml's own reader: keys of at most 65,535 bytes. */
  keyBytes: 65_535,
  nameBytes: 2048,
  values: 100_000,
  axes: 4,
  arrayDepth: 4,
  alignment: 2 ** 20,
} as const;

/** A list in the metadata: where its items lie in the file. They are decoded when somebody asks (`readGgufArray`). */
export interface GgufArray {
  readonly type: ValueType;
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface GgufHeader extends WeightsHeader {
  readonly version: 2 | 3;
  readonly values: ReadonlyMap<string, Scalar | GgufArray>;
  /** Where the header ends and padding begins. */
  readonly headerBytes: number;
}

/** The magic, and version and counts behind it. */
export const GGUF_START_BYTES = 24;
const MAGIC = "GGUF";

/**
 * The table of a GGUF file from its first bytes, or `null` when those end inside the header. `fileBytes` is the file's real size: every
 * tensor must lie in it, in order, without overlap, with no more than padding between two and behind the last. Shapes are turned into
 * torch's order; `comfy.gguf.orig_shape.NAME` (a tensor stored in another shape of as many values) is applied, as ComfyUI-GGUF does.
 * Memory is a small multiple of `bytes`. Throws CorruptFile, TooLarge, UnsupportedFormat.
 * Source: the format's specification in ggml's docs/gguf.md, and gguf.cpp of ggml 0.23.0.
 */
export function parseGgufHeader(path: string, bytes: Uint8Array, fileBytes: number): GgufHeader | null {
  const whole = bytes.length >= Math.min(fileBytes, GGUF_LIMITS.headerBytes);
  try {
    return parse(path, new GgufScanner(bytes, whole), fileBytes);
  } catch (error) {
    if (error instanceof NeedMore) return null;
    if (!(error instanceof GgufSyntax)) throw error;
    if (bytes.length < fileBytes && error.message.includes("does not fit"))
      throw new TooLarge(path, `its header has more than ${GGUF_LIMITS.headerBytes} bytes`);
    throw new CorruptFile(path, error.message);
  }
}

function parse(path: string, scan: GgufScanner, fileBytes: number): GgufHeader {
  const magic = scan.take(4, () => "the magic");
  if (scan.bytes.toString("latin1", magic, magic + 4) !== MAGIC) throw scan.fault("it does not begin with GGUF");
  const version = readVersion(path, scan);
  const tensors = scan.count(() => "the number of tensors", GGUF_LIMITS.tensors);
  const values = readValues(scan);
  const alignment = readAlignment(scan, values.get("general.alignment"));
  const infos: Info[] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensors; i++) {
    const info = readInfo(path, scan, i, alignment);
    if (names.has(info.name)) throw scan.fault(`${named("tensor", info.name)} is there twice`);
    names.add(info.name);
    infos.push(info);
  }
  const headerBytes = scan.at;
  const entries = place(path, infos, alignment, headerBytes, fileBytes);
  const metadata = Object.fromEntries(
    [...values].flatMap(([key, value]) => (typeof value === "object" ? [] : [[key, String(value)]])),
  ) as Record<string, string>;
  return {
    version,
    values,
    headerBytes,
    metadata,
    tensors: new Map(entries.map((entry) => [entry.name, reshaped(scan, entry, values)])),
  };
}

function readVersion(path: string, scan: GgufScanner): 2 | 3 {
  const version = scan.u32(() => "the version");
  if (version === 2 || version === 3) return version;
  if (version === 1) throw new UnsupportedFormat(path, "is a GGUF file of version 1; versions 2 and 3 are supported");
  if (version % 65_536 === 0)
    throw new UnsupportedFormat(path, "is a big-endian GGUF file; little-endian is supported");
  throw new UnsupportedFormat(path, `is a GGUF file of version ${version}; versions 2 and 3 are supported`);
}

function readValues(scan: GgufScanner): ReadonlyMap<string, Scalar | GgufArray> {
  const count = scan.count(() => "the number of metadata values", GGUF_LIMITS.values);
  const values = new Map<string, Scalar | GgufArray>();
  for (let i = 0; i < count; i++) {
    const key = scan.string(() => `metadata key ${i}`, GGUF_LIMITS.keyBytes);
    const what = (): string => named("metadata", key);
    if (values.has(key)) throw scan.fault(`${what()} is there twice`);
    const type = scan.valueType(() => `the type of ${what()}`);
    if (type === "array") values.set(key, readArray(scan, what, 0));
    else values.set(key, scan.scalar(type, what, GGUF_LIMITS.headerBytes));
  }
  return values;
}

/** Passes over a list's items; each is checked as if it were read. */
function readArray(scan: GgufScanner, what: () => string, depth: number): GgufArray {
  if (depth >= GGUF_LIMITS.arrayDepth) throw scan.fault(`${what()} is nested more than ${GGUF_LIMITS.arrayDepth} deep`);
  const type = scan.valueType(() => `the type of the items of ${what()}`);
  const count = scan.count(() => `the number of items of ${what()}`, GGUF_LIMITS.headerBytes);
  const offset = scan.at;
  const size = VALUE_TYPES.find(({ name }) => name === type)!.bytes;
  if (type === "array") for (let i = 0; i < count; i++) readArray(scan, what, depth + 1);
  else if (size === null || type === "bool")
    for (let i = 0; i < count; i++) scan.scalar(type, what, GGUF_LIMITS.headerBytes);
  else scan.take(count * size, what);
  return { type, count, offset, bytes: scan.at - offset };
}

function readAlignment(scan: GgufScanner, value: Scalar | GgufArray | undefined): number {
  if (value === undefined) return 32;
  const right = typeof value === "number" && Number.isInteger(Math.log2(value)) && value >= 8;
  if (!right || value > GGUF_LIMITS.alignment)
    throw scan.fault(
      `metadata "general.alignment" is ${typeof value === "object" ? "a list" : value}, expected a power of 2 from 8 to ${GGUF_LIMITS.alignment}`,
    );
  return value;
}

/** A tensor as the header lists it; `offset` counts from the end of the padded header. */
type Info = TensorEntry;

function readInfo(path: string, scan: GgufScanner, index: number, alignment: number): Info {
  const name = scan.string(() => `the name of tensor ${index}`, GGUF_LIMITS.nameBytes);
  const what = (): string => named("tensor", name);
  const axes = scan.u32(() => `the number of axes of ${what()}`);
  if (axes > GGUF_LIMITS.axes) throw scan.fault(`${what()} has ${axes} axes, the limit is ${GGUF_LIMITS.axes}`);
  // fastest first, as ggml counts
  const sizes: number[] = [];
  for (let i = 0; i < axes; i++) sizes.push(scan.count(() => `a size of ${what()}`, Number.MAX_SAFE_INTEGER));
  const number = scan.u32(() => `the type of ${what()}`);
  const type = GGUF_TYPES.get(number);
  if (!type) {
    const known = UNREAD_GGUF_TYPES.get(number);
    if (known) throw new UnsupportedFormat(path, `${what()} is ${known}, which is not supported`);
    throw scan.fault(`${what()} is of type ${number}, which is not known`);
  }
  const row = sizes[0] ?? 1;
  if (row % type.values !== 0)
    throw scan.fault(
      `${what()}: rows of ${row} values are no whole number of ${type.encoding} blocks of ${type.values}`,
    );
  const values = sizes.reduce((n, size) => n * size, 1);
  const bytes = (values / type.values) * type.bytes;
  if (!Number.isSafeInteger(values) || !Number.isSafeInteger(bytes))
    throw scan.fault(`${what()}: [${sizes.toReversed()}] ${type.encoding} is no size that a file can have`);
  const offset = scan.count(() => `the offset of ${what()}`, Number.MAX_SAFE_INTEGER);
  if (offset % alignment !== 0)
    throw scan.fault(`${what()} starts at ${offset}, which is no multiple of the alignment ${alignment}`);
  return { name, encoding: type.encoding, shape: sizes.toReversed(), offset, bytes };
}

/** Entries in the file's order, with offsets from its start. */
function place(
  path: string,
  infos: readonly Info[],
  alignment: number,
  headerBytes: number,
  fileBytes: number,
): readonly TensorEntry[] {
  const padded = (at: number): number => Math.ceil(at / alignment) * alignment;
  const start = padded(headerBytes);
  const sorted = infos
    .map((info) => ({ ...info, offset: start + info.offset }))
    .sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let end = headerBytes;
  let before = "the header";
  for (const { name, offset, bytes } of sorted) {
    const what = named("tensor", name);
    if (offset + bytes > fileBytes)
      throw new CorruptFile(
        path,
        `${what} ends at byte ${offset + bytes}, the file has ${fileBytes}: is the download complete?`,
      );
    if (offset < end)
      throw new CorruptFile(path, `${what} starts at byte ${offset}, inside ${before}, which ends at ${end}`);
    if (offset !== padded(end))
      throw new CorruptFile(path, `bytes ${end} to ${offset} belong to no tensor (between ${before} and ${what})`);
    end = offset + bytes;
    before = what;
  }
  if (fileBytes > padded(end))
    throw new CorruptFile(path, `the tensors end at byte ${end}, the file has ${fileBytes}: something was appended`);
  return sorted;
}

/** The shape a tensor had before it was stored, where the file says it: image models have 5 axes, or rows that are no whole blocks. */
function reshaped(scan: GgufScanner, entry: TensorEntry, values: GgufHeader["values"]): TensorEntry {
  const key = `comfy.gguf.orig_shape.${entry.name}`;
  const value = values.get(key);
  if (value === undefined) return entry;
  if (typeof value !== "object" || (value.type !== "i32" && value.type !== "u32") || value.count > 8)
    throw scan.fault(`metadata ${quote(key)} is no short list of 32-bit integers`);
  const shape = Array.from({ length: value.count }, (_, i) => scan.bytes.readInt32LE(value.offset + 4 * i));
  const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);
  if (shape.some((size) => size < 0) || product(shape) !== product(entry.shape))
    throw scan.fault(`metadata ${quote(key)} is [${shape}], the tensor has [${entry.shape}]`);
  return { ...entry, shape };
}

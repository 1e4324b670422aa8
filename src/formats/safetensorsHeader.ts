import { ENCODING_BITS } from "./encodingBits.ts";
import { CorruptFile, TooLarge, UnsupportedFormat } from "./errors.ts";
import { HeaderScanner, HeaderSyntax } from "./headerScanner.ts";
import { quote } from "./quote.ts";
import type { PlainEncoding, TensorEntry } from "./weightSource.ts";

/** What we take from a header. The largest model published so far has some 100,000 tensors, and its names are below 200 bytes. */
export const LIMITS = {
  headerBytes: 100_000_000,
  tensors: 500_000,
  nameBytes: 2048,
  axes: 16,
  metadata: 100_000,
} as const;

/** Legal in safetensors, but nothing here computes with them. */
const UNREAD = new Set(["F6_E2M3", "F6_E3M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "C64"]);

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The table of a safetensors file from its header's JSON. Every fact is checked against `fileBytes`: known encodings, shapes whose
 * size is the range's, ranges that fill the body without overlap or hole. Entries come in the file's order of data.
 * Memory is a small multiple of the header, whatever it says. Throws CorruptFile, TooLarge, UnsupportedFormat.
 * Source: the format's description and limits in safetensors 0.6.
 */
export function parseSafetensorsHeader(path: string, header: Uint8Array, fileBytes: number): SafetensorsHeader {
  const corrupt = (fact: string): CorruptFile => new CorruptFile(path, fact);
  try {
    return parse(path, header, fileBytes);
  } catch (error) {
    throw error instanceof HeaderSyntax ? corrupt(error.message) : error;
  }
}

function parse(path: string, header: Uint8Array, fileBytes: number): SafetensorsHeader {
  const scan = new HeaderScanner(header);
  const bodyStart = 8 + header.length;
  const found = new Map<string, TensorEntry>();
  let metadata: Readonly<Record<string, string>> | undefined;
  scan.object(
    () => "the header",
    (name) => {
      if (name === "__metadata__") {
        if (metadata) throw scan.fault('"__metadata__" is there twice');
        metadata = readMetadata(path, scan);
        return;
      }
      if (found.has(name)) throw scan.fault(`tensor ${quote(name)} is there twice`);
      if (found.size >= LIMITS.tensors) throw new TooLarge(path, `more than ${LIMITS.tensors} tensors`);
      if (name.length > LIMITS.nameBytes / 3 && Buffer.byteLength(name) > LIMITS.nameBytes)
        throw new TooLarge(
          path,
          `tensor name ${quote(name)} has ${Buffer.byteLength(name)} bytes, the limit is ${LIMITS.nameBytes}`,
        );
      found.set(name, readEntry(path, scan, name, bodyStart));
    },
  );
  scan.end();
  return { tensors: inOrder(path, found, bodyStart, fileBytes), metadata: metadata ?? {} };
}

function readMetadata(path: string, scan: HeaderScanner): Readonly<Record<string, string>> {
  const entries = new Map<string, string>();
  scan.object(
    () => '"__metadata__"',
    (key) => {
      if (entries.has(key)) throw scan.fault(`"__metadata__" has ${quote(key)} twice`);
      if (entries.size >= LIMITS.metadata) throw new TooLarge(path, `more than ${LIMITS.metadata} metadata entries`);
      entries.set(
        key,
        scan.string(() => `"__metadata__": the value of ${quote(key)}`),
      );
    },
  );
  return Object.fromEntries(entries);
}

function readEntry(path: string, scan: HeaderScanner, name: string, bodyStart: number): TensorEntry {
  const what = (): string => `tensor ${quote(name)}`;
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let range: number[] | undefined;
  const once = (field: string, earlier: unknown): void => {
    if (earlier !== undefined) throw scan.fault(`${what()} has "${field}" twice`);
  };
  const counts = (field: string, max: number): number[] => {
    const values: number[] = [];
    scan.list(
      () => `${what()}: ${field}`,
      () => {
        if (values.length >= max) throw scan.fault(`${what()}: ${field} has more than ${max} numbers`);
        values.push(scan.count(() => `${what()}: a number of ${field}`));
      },
    );
    return values;
  };
  scan.object(what, (field) => {
    if (field === "dtype") {
      once(field, dtype);
      dtype = scan.string(() => `${what()}: dtype`, 64);
    } else if (field === "shape") {
      once(field, shape);
      shape = counts("shape", LIMITS.axes);
    } else if (field === "data_offsets") {
      once(field, range);
      range = counts("data_offsets", 2);
    } else scan.skip(() => `${what()}: ${quote(field)}`);
  });
  if (dtype === undefined || !shape || !range)
    throw scan.fault(`${what()} lacks ${dtype === undefined ? "dtype" : shape ? "data_offsets" : "shape"}`);
  if (UNREAD.has(dtype)) throw new UnsupportedFormat(path, `${what()} is ${dtype}, which is not supported`);
  if (!isEncoding(dtype)) throw scan.fault(`${what()} has the unknown dtype ${quote(dtype)}`);
  const [begin, end] = range;
  if (begin === undefined || end === undefined) throw scan.fault(`${what()}: data_offsets are not two numbers`);
  if (end < begin) throw scan.fault(`${what()}: data_offsets are reversed: [${begin}, ${end}]`);
  const bytes = sizeOf(shape, dtype);
  if (bytes === null) throw scan.fault(`${what()}: [${shape}] ${dtype} is no size that a file can have`);
  if (bytes !== end - begin)
    throw scan.fault(`${what()}: [${shape}] ${dtype} takes ${bytes} bytes, its data_offsets hold ${end - begin}`);
  return { name, encoding: dtype, shape, offset: bodyStart + begin, bytes };
}

const isEncoding = (dtype: string): dtype is PlainEncoding => Object.hasOwn(ENCODING_BITS, dtype);

/** Bytes of a tensor, or `null` where the product passes 2^53 bits or is no whole number of bytes. */
function sizeOf(shape: readonly number[], encoding: PlainEncoding): number | null {
  let bits = ENCODING_BITS[encoding];
  for (const size of shape) {
    bits *= size;
    if (!Number.isSafeInteger(bits)) return null;
  }
  return bits % 8 === 0 ? bits / 8 : null;
}

/** Sorted by offset; the ranges must fill the body exactly. */
function inOrder(
  path: string,
  found: ReadonlyMap<string, TensorEntry>,
  bodyStart: number,
  fileBytes: number,
): ReadonlyMap<string, TensorEntry> {
  const entries = [...found.values()].sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let end = bodyStart;
  for (const [i, entry] of entries.entries()) {
    const after = entry.offset + entry.bytes;
    if (after > fileBytes || entry.offset !== end) throw misplaced(path, entry, end, entries[i - 1], fileBytes);
    end = after;
  }
  if (end !== fileBytes)
    throw new CorruptFile(path, `the tensors end at byte ${end}, the file has ${fileBytes}: something was appended`);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function misplaced(
  path: string,
  { name, offset, bytes }: TensorEntry,
  end: number,
  previous: TensorEntry | undefined,
  fileBytes: number,
): CorruptFile {
  const what = `tensor ${quote(name)}`;
  const before = previous ? `tensor ${quote(previous.name)}` : "the header";
  if (offset + bytes > fileBytes)
    return new CorruptFile(
      path,
      `${what} ends at byte ${offset + bytes}, the file has ${fileBytes}: is the download complete?`,
    );
  if (offset < end)
    return new CorruptFile(path, `${what} starts at byte ${offset}, inside ${before}, which ends at ${end}`);
  return new CorruptFile(path, `bytes ${end} to ${offset} belong to no tensor (between ${before} and ${what})`);
}

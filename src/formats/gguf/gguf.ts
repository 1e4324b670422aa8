import type { FileHandle } from "node:fs/promises";
import { CorruptFile, MissingTensor, WrongFormat } from "../errors.ts";
import { FILE_KIND_BYTES, fileKind } from "../fileKind.ts";
import { quote } from "../quote.ts";
import { readFully } from "../readFully.ts";
import type { WeightSource } from "../weightSource.ts";
import { openWeightsFile, type WeightsFile } from "../weightsFile.ts";
import { GGUF_LIMITS, GGUF_START_BYTES, type GgufArray, type GgufHeader, parseGgufHeader } from "./ggufHeader.ts";
import { GgufScanner, type Scalar } from "./ggufScanner.ts";

/** A GGUF file: its weights, and metadata with types. `metadata` has the single values as text. */
export interface GgufSource extends WeightSource {
  readonly version: 2 | 3;
  /** `general.architecture`: "flux", "qwen3", ...; `null` where the file does not say. */
  readonly architecture: string | null;
  readonly values: ReadonlyMap<string, Scalar | GgufArray>;
  /** A list of the metadata, read from the file now: tokens, scores, merges. Throws MissingTensor where there is no such list, and as `read`. */
  list(key: string): Promise<readonly Scalar[]>;
}

/** Read at first: metadata without a vocabulary, and the table of a large model. */
const FIRST_BYTES = 1 << 20;

/**
 * Opens a GGUF file (version 2 or 3, little-endian): reads and checks the header, leaves the weights where they are.
 * Throws CannotOpen, WrongFormat (it says what the file is), CorruptFile, UnsupportedFormat, TooLarge, ReadFailed.
 */
export async function openGguf(path: string): Promise<GgufSource> {
  const { file, header } = await openWeightsFile(path, "a GGUF file", (handle, fileBytes) =>
    readHeader(path, handle, fileBytes),
  );
  return new GgufFile(file, header);
}

/** Twice as much at each try: how long a header is, only its end says. */
async function readHeader(path: string, handle: FileHandle, fileBytes: number): Promise<GgufHeader> {
  const start = Buffer.alloc(Math.min(FILE_KIND_BYTES, fileBytes));
  await readFully(path, handle, 0, start);
  if (start.toString("latin1", 0, 4) !== "GGUF") {
    const kind = fileBytes === 0 ? "empty" : (fileKind(start) ?? "something else");
    throw new WrongFormat(path, `is ${kind}, not a GGUF file`);
  }
  if (fileBytes < GGUF_START_BYTES)
    throw new CorruptFile(path, `has ${fileBytes} bytes, too short for a GGUF file: is the download complete?`);
  const most = Math.min(fileBytes, GGUF_LIMITS.headerBytes);
  for (let bytes = Math.min(most, FIRST_BYTES); ; bytes = Math.min(most, 2 * bytes)) {
    const buffer = Buffer.allocUnsafe(bytes);
    await readFully(path, handle, 0, buffer);
    const header = parseGgufHeader(path, buffer, fileBytes);
    if (header) return header;
    if (bytes === most) throw new Error("invariant: a header that was read whole asks for more");
  }
}

class GgufFile implements GgufSource {
  readonly path: string;
  readonly fileBytes: number;
  readonly identity: string;
  readonly tensors: GgufHeader["tensors"];
  readonly metadata: GgufHeader["metadata"];
  readonly version: 2 | 3;
  readonly architecture: string | null;
  readonly values: GgufHeader["values"];
  readonly #file: WeightsFile;

  constructor(file: WeightsFile, header: GgufHeader) {
    this.path = file.path;
    this.fileBytes = file.fileBytes;
    this.identity = file.identity;
    this.tensors = header.tensors;
    this.metadata = header.metadata;
    this.version = header.version;
    this.values = header.values;
    const architecture = header.values.get("general.architecture");
    this.architecture = typeof architecture === "string" ? architecture : null;
    this.#file = file;
  }

  read(name: string, offset: number, into: Uint8Array): Promise<void> {
    return this.#file.read(name, offset, into);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async list(key: string): Promise<readonly Scalar[]> {
    const value = this.values.get(key);
    if (typeof value !== "object" || value.type === "array")
      throw new MissingTensor(this.path, `has no list ${quote(key)} in its metadata`);
    const { type, count, offset, bytes } = value;
    const buffer = new Uint8Array(bytes);
    await this.#file.readAt(offset, buffer);
    const scan = new GgufScanner(buffer, true);
    const what = (): string => `metadata ${quote(key)}`;
    return Array.from({ length: count }, () => scan.scalar(type, what, bytes));
  }
}

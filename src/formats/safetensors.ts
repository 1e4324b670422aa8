import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CannotOpen, CorruptFile, FileChanged, MissingTensor, ReadFailed, TooLarge, WrongFormat } from "./errors.ts";
import { FILE_KIND_BYTES, fileKind } from "./fileKind.ts";
import { quote } from "./quote.ts";
import { readFully } from "./readFully.ts";
import { LIMITS, parseSafetensorsHeader, type SafetensorsHeader } from "./safetensorsHeader.ts";
import { systemFact } from "./systemFact.ts";
import type { WeightSource } from "./weightSource.ts";

/**
 * Opens a safetensors file: reads and checks the header, leaves the weights where they are. Costs the header's length, not the file's.
 * Throws CannotOpen, WrongFormat (it says what the file is), CorruptFile, UnsupportedFormat, TooLarge, ReadFailed.
 */
export async function openSafetensors(path: string): Promise<WeightSource> {
  // Before opening: opening a pipe waits for its writer.
  const kind = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw new CannotOpen(path, systemFact(error));
  });
  if (kind.isDirectory()) throw new WrongFormat(path, "is a folder, not a safetensors file");
  if (!kind.isFile()) throw new WrongFormat(path, "is a device or a pipe, not a safetensors file");
  const handle = await open(path, "r").catch((error: unknown) => {
    throw new CannotOpen(path, systemFact(error));
  });
  try {
    const opened = await handle.stat({ bigint: true });
    const header = await readHeader(path, handle, Number(opened.size));
    return new SafetensorsFile(path, handle, opened, header);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHeader(path: string, handle: FileHandle, fileBytes: number): Promise<SafetensorsHeader> {
  if (fileBytes === 0) throw new WrongFormat(path, "is empty, not a safetensors file");
  const start = Buffer.alloc(Math.min(FILE_KIND_BYTES, fileBytes));
  await readFully(path, handle, 0, start);
  const otherwise = (fact: string, Failure: typeof CorruptFile | typeof TooLarge = CorruptFile): Error => {
    const kind = fileKind(start);
    return kind ? new WrongFormat(path, `is ${kind}, not a safetensors file`) : new Failure(path, fact);
  };
  if (fileBytes < 10)
    throw otherwise(`has ${fileBytes} bytes, too short for a safetensors file: is the download complete?`);
  const length = start.readBigUInt64LE(0);
  if (length > BigInt(LIMITS.headerBytes))
    throw otherwise(`says that its header has ${length} bytes, the limit is ${LIMITS.headerBytes}`, TooLarge);
  if (8n + length > BigInt(fileBytes))
    throw otherwise(`says that its header has ${length} bytes, the file has ${fileBytes}: is the download complete?`);
  if (start[8] !== 0x7b) throw otherwise("its header does not start with {: not a safetensors file");
  const header = Buffer.allocUnsafe(Number(length));
  await readFully(path, handle, 8, header);
  return parseSafetensorsHeader(path, header, fileBytes);
}

class SafetensorsFile implements WeightSource {
  readonly path: string;
  readonly fileBytes: number;
  readonly identity: string;
  readonly tensors: SafetensorsHeader["tensors"];
  readonly metadata: SafetensorsHeader["metadata"];
  readonly #absolute: string;
  readonly #handle: FileHandle;
  readonly #opened: BigIntStats;
  #closing: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, opened: BigIntStats, header: SafetensorsHeader) {
    this.path = path;
    this.fileBytes = Number(opened.size);
    this.identity = `${opened.size}-${opened.mtimeNs}-${opened.dev}-${opened.ino}`;
    this.tensors = header.tensors;
    this.metadata = header.metadata;
    this.#absolute = resolve(path);
    this.#handle = handle;
    this.#opened = opened;
  }

  async read(name: string, offset: number, into: Uint8Array): Promise<void> {
    const entry = this.tensors.get(name);
    if (!entry) throw new MissingTensor(this.path, `has no tensor ${quote(name)} (it has ${this.tensors.size} others)`);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + into.length > entry.bytes)
      throw new Error(
        `invariant: read of ${into.length} bytes at ${offset} of ${quote(name)}, which has ${entry.bytes}`,
      );
    if (this.#closing) throw new ReadFailed(this.path, "is closed");
    let failure: unknown;
    try {
      await readFully(this.path, this.#handle, entry.offset + offset, into);
    } catch (error) {
      failure = error;
    }
    // After the read, so that a change during it is seen too; before its failure is told, since a cut file is a changed file.
    await this.#expectUnchanged();
    if (failure) throw failure;
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }

  /** By path, not by handle: a file that was replaced is a change too, though the old one could still be read. */
  async #expectUnchanged(): Promise<void> {
    const now = await stat(this.#absolute, { bigint: true }).catch((error: unknown) => {
      throw new FileChanged(this.path, `was there when it was opened, but now ${systemFact(error)}`);
    });
    const { size, mtimeNs, ino, dev } = this.#opened;
    if (now.size !== size)
      throw new FileChanged(this.path, `had ${size} bytes when it was opened, now has ${now.size}`);
    if (now.ino !== ino || now.dev !== dev)
      throw new FileChanged(this.path, "was replaced by another file since it was opened");
    if (now.mtimeNs !== mtimeNs) throw new FileChanged(this.path, "was written to since it was opened");
  }
}

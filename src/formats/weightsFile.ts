import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CannotOpen, FileChanged, MissingTensor, ReadFailed, WrongFormat } from "./errors.ts";
import { quote } from "./quote.ts";
import { readFully } from "./readFully.ts";
import { systemFact } from "./systemFact.ts";
import type { TensorEntry, WeightSource } from "./weightSource.ts";

/** What a header says, checked. */
export interface WeightsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a file of weights and reads its header by `readHeader`; the handle is closed when that throws. `format` is for messages
 * ("a safetensors file"). Throws CannotOpen, WrongFormat, and what `readHeader` throws.
 */
export async function openWeightsFile<Header extends WeightsHeader>(
  path: string,
  format: string,
  readHeader: (handle: FileHandle, fileBytes: number) => Promise<Header>,
): Promise<{ readonly file: WeightsFile; readonly header: Header }> {
  // Before opening: opening a pipe waits for its writer.
  const kind = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw new CannotOpen(path, systemFact(error));
  });
  if (kind.isDirectory()) throw new WrongFormat(path, `is a folder, not ${format}`);
  if (!kind.isFile()) throw new WrongFormat(path, `is a device or a pipe, not ${format}`);
  const handle = await open(path, "r").catch((error: unknown) => {
    throw new CannotOpen(path, systemFact(error));
  });
  try {
    const opened = await handle.stat({ bigint: true });
    const header = await readHeader(handle, Number(opened.size));
    return { file: new WeightsFile(path, handle, opened, header), header };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A `WeightSource` over an open file: positional reads, and size, mtime and inode checked at each. */
export class WeightsFile implements WeightSource {
  readonly path: string;
  readonly fileBytes: number;
  readonly identity: string;
  readonly tensors: WeightsHeader["tensors"];
  readonly metadata: WeightsHeader["metadata"];
  readonly #absolute: string;
  readonly #handle: FileHandle;
  readonly #opened: BigIntStats;
  #closing: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, opened: BigIntStats, header: WeightsHeader) {
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
    await this.readAt(entry.offset + offset, into);
  }

  /** Fills `into` with the file's bytes from `position` on; throws as `read` does. */
  async readAt(position: number, into: Uint8Array): Promise<void> {
    if (this.#closing) throw new ReadFailed(this.path, "is closed");
    let failure: unknown;
    try {
      await readFully(this.path, this.#handle, position, into);
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

import type { Hash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, lstat, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "../../formats/makeFolder.ts";
import { RunInterrupted } from "../../library/errors.ts";
import { contentHash } from "./contentHash.ts";
import { FileInTheWay } from "./errors.ts";
import { readThrough } from "./readThrough.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { takeLock } from "./takeLock.ts";
import type { PullWorld } from "./world.ts";
import { writeFailure } from "./writeFailure.ts";

/** Digits of the digest in a name: enough that no two versions of a file are taken for one another. */
const MARK = 16;

/** Where a file is written before it is whole: NAME.DIGEST.part. A file that changed has another digest, so it is never joined to the old one. */
export function partPath(folder: string, name: string, { digest }: Pick<RemoteFile, "digest">): string {
  return join(folder, `${name}.${digest.hex.slice(0, MARK)}.part`);
}

/**
 * A file on its way: what came so far, on disk under a name that nothing opens, and its hash. It is renamed when it is whole and its digest
 * is right, and not before. One process at a time has it.
 */
export class PartFile {
  readonly path: string;
  readonly #file: RemoteFile;
  readonly #unlock: () => Promise<void>;
  readonly #handle: FileHandle;
  #hash: Hash;
  #bytes = 0;

  private constructor(path: string, file: RemoteFile, handle: FileHandle, unlock: () => Promise<void>) {
    this.path = path;
    this.#file = file;
    this.#handle = handle;
    this.#unlock = unlock;
    this.#hash = contentHash(file);
  }

  /**
   * Opens what an earlier run left, or begins. What is there is read once, for the hash; `tick` is told how far. Parts of other versions of
   * the file are removed. Throws FileInTheWay, NoDiskSpace, WriteFailed, RunInterrupted.
   */
  static async open(
    folder: string,
    name: string,
    file: RemoteFile,
    world: Pick<PullWorld, "open">,
    signal: AbortSignal,
    tick: (done: number) => void,
  ): Promise<PartFile> {
    const path = partPath(folder, name, file);
    await makeFolder(folder).catch((error: unknown) => {
      throw writeFailure(folder, error);
    });
    const unlock = await takeLock(`${path}.lock`, world.open);
    let handle: FileHandle | undefined;
    try {
      // No link is followed: what is written goes into this folder.
      handle = await world.open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o666);
      await removeOldVersions(folder, name, path, world);
      const part = new PartFile(path, file, handle, unlock);
      const { size } = await handle.stat();
      if (size > file.bytes) await part.restart();
      else {
        await readThrough(handle, size, signal, (chunk) => part.#hash.update(chunk), tick);
        part.#bytes = size;
      }
      return part;
    } catch (error) {
      await handle?.close();
      await unlock();
      throw error instanceof RunInterrupted ? error : writeFailure(path, error);
    }
  }

  /** So many are there, from the file's start. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (this.#bytes + chunk.length > this.#file.bytes) throw new Error("invariant: more bytes than the file has");
    for (let done = 0; done < chunk.length; ) {
      try {
        const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, this.#bytes);
        this.#hash.update(chunk.subarray(done, done + bytesWritten));
        this.#bytes += bytesWritten;
        done += bytesWritten;
      } catch (error) {
        throw writeFailure(this.path, error);
      }
    }
  }

  /** Forgets what came. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0).catch((error: unknown) => {
      throw writeFailure(this.path, error);
    });
    this.#hash = contentHash(this.#file);
    this.#bytes = 0;
  }

  /** All bytes are there and they are the right ones. */
  isRight(): boolean {
    return this.#bytes === this.#file.bytes && this.#hash.copy().digest("hex") === this.#file.digest.hex;
  }

  /** Gives the whole file its name. Throws FileInTheWay where one of that name appeared meanwhile. */
  async moveTo(final: string): Promise<void> {
    if (!this.isRight()) throw new Error("invariant: a part that is not whole was given a name");
    try {
      await this.#handle.sync();
      const written = await this.#handle.stat();
      const named = await stat(this.path);
      if (named.ino !== written.ino || named.size !== this.#file.bytes)
        throw new FileInTheWay(`${this.path} was changed by another program while it was fetched; run again`);
      await makeFolder(dirname(final));
      if (await exists(final))
        throw new FileInTheWay(
          `${final} appeared while it was fetched; it was left alone, and what came is ${this.path}`,
        );
      await rename(this.path, final).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== "EXDEV") throw error;
        await this.#copyTo(final);
      });
    } catch (error) {
      throw writeFailure(final, error);
    }
  }

  /** Where the final folder is on another disk, as a link in models/ may be: a copy beside the final name, then the rename. */
  async #copyTo(final: string): Promise<void> {
    const near = join(dirname(final), basename(this.path));
    try {
      await copyFile(this.path, near);
      const handle = await open(near, "r+");
      await handle.sync().finally(() => handle.close());
      await rename(near, final);
    } catch (error) {
      await rm(near, { force: true });
      throw error;
    }
    await rm(this.path, { force: true });
  }

  /** Leaves what came for the next run; of nothing, nothing. */
  async close(): Promise<void> {
    await this.#handle.close();
    if (this.#bytes === 0 && this.#file.bytes > 0) await rm(this.path, { force: true });
    await this.#unlock();
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Parts of the same name and another digest: of a version that is not published any more. Those that someone writes are left alone. */
async function removeOldVersions(
  folder: string,
  name: string,
  path: string,
  world: Pick<PullWorld, "open">,
): Promise<void> {
  for (const other of await readdir(folder)) {
    const file = join(folder, other);
    const mark = other.startsWith(`${name}.`) ? other.slice(name.length + 1) : "";
    if (file === path || !/^[0-9a-f]{16}\.part$/.test(mark)) continue;
    const unlock = await takeLock(`${file}.lock`, world.open).catch(() => null);
    if (unlock === null) continue;
    await rm(file, { force: true });
    await unlock();
  }
}

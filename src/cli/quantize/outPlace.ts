import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemFact } from "../../formats/systemFact.ts";
import { FileError } from "../../library/errors.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { UsageError } from "../errors.ts";
import { isAlive } from "../isAlive.ts";
import { FileInTheWay, NoDiskSpace } from "../pull/errors.ts";
import type { PullWorld } from "../pull/world.ts";
import { writeFailure } from "../pull/writeFailure.ts";

/** Where a file is made: beside its place, under a name that nothing opens and that says whose it is. */
export interface OutPlace {
  readonly part: string;
  /** Makes it as large as it will be, with its first bytes. Throws NoDiskSpace, WriteFailed. */
  begin(header: Uint8Array, fileBytes: number): Promise<void>;
  /** All of it is on the disk, and it has its name. Throws FileInTheWay, NoDiskSpace, WriteFailed. */
  finish(): Promise<void>;
  /** What to say where the disk is full before all of it is there: nothing stays. */
  full(fileBytes: number, written: number): Promise<NoDiskSpace>;
  /** Nothing stays. */
  drop(): Promise<void>;
}

/**
 * Looks at the place of the output before any work. What a killed run left there is removed. Throws UsageError (the input itself, or no .gguf),
 * FileInTheWay, FileError.
 */
export async function outPlace(
  input: string,
  path: string,
  overwrite: boolean,
  { room }: Pick<PullWorld, "room">,
): Promise<OutPlace> {
  if (!/\.gguf$/i.test(path)) throw new UsageError(`${path}: what is written is a GGUF file: end its name with .gguf`);
  const [mine, there] = [await identity(input), await identity(path)];
  if (there !== null && there === mine)
    throw new UsageError(`${path} is the input itself: choose another name for the output`);
  const inTheWay = async () => {
    const found = await stat(path).catch(() => null);
    if (found && (!overwrite || !found.isFile()))
      throw new FileInTheWay(
        `${path} is there already${found.isFile() ? ": choose another name, or say --overwrite" : " and is no file"}`,
      );
  };
  await inTheWay();
  const folder = dirname(path);
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new FileError(
        "cannot-write",
        `cannot write ${path}: there is no folder ${folder}; make it first, or name one that is there`,
      );
    throw new FileError("cannot-write", `cannot write ${path}: ${systemFact(error)}`);
  });
  for (const name of names) {
    const [, pid] = name.startsWith(`${basename(path)}.`) ? (/\.(\d+)\.part$/.exec(name) ?? []) : [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
  const part = `${path}.${process.pid}.part`;
  return {
    part,
    async begin(header, fileBytes) {
      const disk = await room(folder);
      if (disk && fileBytes > disk.free)
        throw new NoDiskSpace(
          `${path} takes ${formatBytes(fileBytes, "up")}, and the disk of ${folder} has ${formatBytes(disk.free)} free: make room, choose another disk or a smaller --type. Nothing was written`,
        );
      try {
        const handle = await open(part, "wx");
        try {
          await handle.writeFile(header);
          await handle.truncate(fileBytes);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw failure(path, error);
      }
    },
    async finish() {
      await inTheWay();
      try {
        const handle = await open(part, "r+");
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(part, path);
      } catch (error) {
        throw failure(path, error);
      }
    },
    async full(fileBytes, written) {
      await rm(part, { force: true });
      const disk = await room(folder);
      const now = disk ? `, and has ${formatBytes(disk.free)} free without it` : "";
      return new NoDiskSpace(
        `${path} takes ${formatBytes(fileBytes, "up")}: the disk of ${folder} was full after ${formatBytes(written)} of it${now}: make room, choose another disk or a smaller --type. Nothing is left there`,
      );
    },
    drop: () => rm(part, { force: true }),
  };
}

function failure(path: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new NoDiskSpace(`${path}: ${systemFact(error)}; nothing is left there: make room and try again`);
  return writeFailure(path, error);
}

/** Which file a path leads to; `null`: to none. */
async function identity(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && `${found.dev}-${found.ino}`;
}

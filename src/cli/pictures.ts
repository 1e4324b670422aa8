import { access, constants, copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { makeFolder } from "../formats/makeFolder.ts";
import { FileError } from "../library/errors.ts";

/** Where `-o` puts pictures: one after the other, each complete or not there. */
export interface PictureTarget {
  /** Copies a picture to the next place and returns that. Throws FileError. */
  place(picture: string): Promise<string>;
}

/**
 * `path` as the user wrote it, in `cwd`. It is a folder (pictures keep their names) or a file: the first picture takes it, later ones NAME-2.png, NAME-3.png. Checked before
 * anything runs, so that no picture is made for a place that cannot take it. Throws FileError.
 */
export async function pictureTarget(text: string, cwd: string): Promise<PictureTarget> {
  const path = resolve(cwd, text);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => /[\\/]$/.test(text),
  );
  const folder = isFolder ? path : dirname(path);
  try {
    if (isFolder) await makeFolder(folder);
    // What counts is whether a file can be made: permissions alone do not tell on every file system.
    const probe = join(folder, `.weir-${process.pid}.tmp`);
    await mkdir(probe);
    await rm(probe, { recursive: true });
  } catch (error) {
    throw new FileError("cannot-write", `cannot write into ${folder}: ${why(error)}; choose another place with -o`);
  }
  let count = 0;
  return {
    async place(picture) {
      count += 1;
      const extension = extname(path);
      const stem = path.slice(0, path.length - extension.length);
      const to = isFolder ? join(folder, basename(picture)) : count === 1 ? path : `${stem}-${count}${extension}`;
      const half = `${to}.${process.pid}.tmp`;
      try {
        await copyFile(picture, half);
        await rename(half, to);
      } catch (error) {
        await rm(half, { force: true });
        throw new FileError("cannot-write", `cannot write ${to}: ${why(error)}; the picture is ${picture}`);
      }
      return to;
    },
  };
}

/**
 * Whether pictures can go into a folder that may not be there yet: nothing is made. Throws FileError now rather than after a picture's worth
 * of work; SaveImage still meets what this cannot see.
 */
export async function checkOutputFolder(folder: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      if (!(await stat(at)).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
      return await access(at, constants.W_OK);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT" && dirname(at) !== at;
      if (missing) continue;
      const what = at === folder ? folder : `${folder}, in ${at}`;
      throw new FileError(
        "cannot-write",
        `cannot write into ${what}: ${why(error)}; choose another --output-directory`,
      );
    }
  }
}

function why(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "the folder does not exist";
  if (code === "ENOTDIR" || code === "EEXIST") return "it is not a folder";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "no permission";
  if (code === "ENOSPC") return "the disk is full";
  return (error as Error).message;
}

import { access, constants, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { makeFolder } from "../formats/makeFolder.ts";
import { FileError } from "../library/errors.ts";
import { isDevice } from "./isDevice.ts";
import { whyNotWritten } from "./whyNotWritten.ts";
import { writeWhole } from "./writeWhole.ts";

/** Where `-o` puts pictures: one after the other, each complete or not there. */
export interface PictureTarget {
  /** Copies a picture to the next place and returns that. A device or a pipe takes all of them. Throws FileError. */
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
  const one = await isDevice(path);
  const folder = isFolder ? path : dirname(path);
  try {
    if (one) await access(path, constants.W_OK);
    else {
      if (isFolder) await makeFolder(folder);
      // What counts is whether a file can be made: permissions alone do not tell on every file system.
      const probe = join(folder, `.weir-${process.pid}.tmp`);
      await mkdir(probe);
      await rm(probe, { recursive: true });
    }
  } catch (error) {
    const where = one ? path : folder;
    throw new FileError(
      "cannot-write",
      `cannot write into ${where}: ${whyNotWritten(error)}; choose another place with -o`,
    );
  }
  let count = 0;
  return {
    async place(picture) {
      count += 1;
      const extension = extname(path);
      const stem = path.slice(0, path.length - extension.length);
      const next = count === 1 || one ? path : `${stem}-${count}${extension}`;
      const to = isFolder ? join(folder, basename(picture)) : next;
      try {
        const bytes = await readFile(picture);
        await writeWhole(to, (half) => writeFile(half, bytes));
      } catch (error) {
        throw new FileError("cannot-write", `cannot write ${to}: ${whyNotWritten(error)}; the picture is ${picture}`);
      }
      return to;
    },
  };
}

/**
 * Whether files can go into a folder that may not be there yet: nothing is made. Throws FileError, which names the `flag` that chooses another,
 * now rather than after a picture's worth of work; SaveImage still meets what this cannot see.
 */
export async function checkOutputFolder(folder: string, flag = "--output-directory"): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      if (!(await stat(at)).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
      return await access(at, constants.W_OK);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT" && dirname(at) !== at;
      if (missing) continue;
      const what = at === folder ? folder : `${folder}, in ${at}`;
      throw new FileError("cannot-write", `cannot write into ${what}: ${whyNotWritten(error)}; choose another ${flag}`);
    }
  }
}

import { link, open, readdir, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, normalize, resolve, sep } from "node:path";
import { makeFolder } from "../../formats/makeFolder.ts";
import { OutputError } from "../errors.ts";
import { temporaryName } from "./sweepTemporaries.ts";

/** Where the pictures of one node go: `subfolder` below `root` (with "/"), names `name_00001_.png`. */
export interface PicturePlace {
  readonly root: string;
  readonly folder: string;
  readonly subfolder: string;
  readonly name: string;
}

/**
 * Splits a filename prefix and makes its folder. Throws OutputError where the prefix leads out of `root`, by its name or by a link, or the
 * folder cannot be made.
 */
export async function picturePlace(root: string, prefix: string): Promise<PicturePlace> {
  const clean = normalize(prefix);
  const folder = resolve(root, dirname(clean));
  const name = basename(clean);
  if (!inside(folder, root) || /^\.*$/.test(name) || prefix.includes("\0")) {
    throw new OutputError(
      "output-escape",
      `filename_prefix "${prefix}" does not name a file inside ${root}; use a name, or folder/name`,
    );
  }
  try {
    await makeFolder(folder);
    if (!inside(await realpath(folder), await realpath(root))) {
      throw new OutputError("output-escape", `${folder} leads out of ${root} by a link; nothing is written there`);
    }
  } catch (error) {
    throw asOutputError(error, folder, 0);
  }
  return {
    root,
    folder,
    subfolder: folder
      .slice(root.length + 1)
      .split(sep)
      .join("/"),
    name,
  };
}

/** One more than the highest counter of `name` in the folder, in names of either kind. Source: comfyui-api.md, "Files". */
export async function nextCounter({ folder, name }: PicturePlace): Promise<number> {
  const start = `${name}_`.toLowerCase();
  const counters = (await readdir(folder))
    .filter((file) => file.toLowerCase().startsWith(start))
    .map((file) => /^\d+(?=[_.])/.exec(file.slice(start.length))?.[0])
    .map((digits) => (digits === undefined || digits.length > 15 ? 0 : Number(digits)));
  return counters.reduce((most, counter) => Math.max(most, counter), 0) + 1;
}

/**
 * Writes a picture under the first free counter from `counter` on; returns its name and counter. Nobody sees half a file: the bytes go
 * to a temporary name first, and a name that another process takes meanwhile is not overwritten. `before` is told each name that is
 * tried, and the file's inode, before the file has it. Throws OutputError.
 */
export async function writePicture(
  place: PicturePlace,
  name: string,
  counter: number,
  bytes: Uint8Array,
  before: (filename: string, inode: string) => void = () => {},
  /** What follows the counter in the name. */
  ending = "_.png",
): Promise<{ readonly filename: string; readonly counter: number }> {
  const temporary = join(place.folder, temporaryName());
  try {
    const file = await open(temporary, "wx");
    let inode: string;
    try {
      await file.writeFile(bytes);
      inode = String((await file.stat({ bigint: true })).ino);
    } finally {
      await file.close();
    }
    for (let n = counter; ; n++) {
      const filename = `${name}_${String(n).padStart(5, "0")}${ending}`;
      before(filename, inode);
      if (await publish(temporary, join(place.folder, filename))) return { filename, counter: n };
    }
  } catch (error) {
    throw asOutputError(error, place.folder, bytes.length);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Gives the file its name, unless somebody has it. */
async function publish(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === "ENOSPC") throw error;
    // No hard links here (FAT, some network drives): a rename would replace a file that came this instant, and nothing worse.
    await rename(temporary, path);
    return true;
  }
}

function asOutputError(error: unknown, folder: string, bytes: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof OutputError || typeof code !== "string") return error;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const size = bytes === 0 ? "" : `; the picture has ${bytes} bytes`;
    return new OutputError(
      "disk-full",
      `there is no room left in ${folder}${size}. Free some, or choose another --output-directory`,
    );
  }
  return unwritable(folder, code);
}

/** `code`: the system's, such as "EACCES". */
export const unwritable = (folder: string, code: string): OutputError =>
  new OutputError("output-unwritable", `cannot write into ${folder} (${code}). Choose another --output-directory`);

const inside = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

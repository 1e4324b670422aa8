import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a folder and those above it; one that is there is fine. Node's own `recursive` never returns where a file system says "no such
 * file" for a new name in a folder that exists (/proc on Linux), so each level is tried once here. Rejects with the system's error.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return mustBeFolder(folder, error);
    const parent = path.dirname(folder);
    if (code !== "ENOENT" || parent === folder) throw error;
    await makeFolder(parent);
    await mkdir(folder).catch((again: NodeJS.ErrnoException) => {
      if (again.code === "EEXIST") return mustBeFolder(folder, again);
      throw again;
    });
  }
}

/** Another process may have made it meanwhile; a file of that name is in the way. */
async function mustBeFolder(folder: string, error: unknown): Promise<void> {
  if (!(await stat(folder)).isDirectory()) throw error;
}

import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { FileError } from "../library/errors.ts";

/** The flags that name a folder in which something must be already. */
export interface ReadFolders {
  readonly baseDirectory?: string;
  readonly modelsDirectory?: string;
  readonly inputDirectory?: string;
}

/** A mistyped folder is told as that, and not as models that are missing from it. Throws FileError. */
export async function checkFolders(flags: ReadFolders, cwd: string): Promise<void> {
  const named = [
    ["--base-directory", flags.baseDirectory],
    ["--models-directory", flags.modelsDirectory],
    ["--input-directory", flags.inputDirectory],
  ] as const;
  for (const [flag, text] of named) {
    if (text === undefined) continue;
    const path = resolve(cwd, text);
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) continue;
    throw new FileError(
      "no-such-file",
      `${flag} is ${path}, and ${found ? "that is no folder" : "there is no such folder"}`,
    );
  }
}

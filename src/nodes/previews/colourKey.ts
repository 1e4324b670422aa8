import { stat } from "node:fs/promises";
import type { Folders } from "../context.ts";

/** Folders that hold VAEs, alone or with the rest of a model. */
const FOLDERS = ["vae", "checkpoints"];

/** A VAE's file as it is now, so that what was learned of it holds as long as it is the same; null where there is no such file. */
export async function colourKey(file: string, folders: Pick<Folders, "resolve">): Promise<string | null> {
  for (const folder of FOLDERS) {
    const path = folders.resolve(folder, file);
    const facts = path === null ? null : await stat(path).catch(() => null);
    if (facts !== null) return `${file} ${facts.size} ${facts.mtimeMs}`;
  }
  return null;
}

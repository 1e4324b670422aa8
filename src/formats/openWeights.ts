import { open, stat } from "node:fs/promises";
import { openGguf } from "./gguf/gguf.ts";
import { readFully } from "./readFully.ts";
import { openSafetensors } from "./safetensors.ts";
import type { WeightSource } from "./weightSource.ts";

/** Opens a file of weights as what it is by its first bytes, whatever its name: GGUF, else safetensors. Throws as those openers do. */
export async function openWeights(path: string): Promise<WeightSource> {
  return (await startsAsGguf(path)) ? openGguf(path) : openSafetensors(path);
}

/** A file that cannot be looked at is left to the opener, which says why. */
async function startsAsGguf(path: string): Promise<boolean> {
  try {
    // opening a pipe waits for its writer
    if (!(await stat(path)).isFile()) return false;
    const handle = await open(path, "r");
    try {
      const start = Buffer.alloc(4);
      await readFully(path, handle, 0, start);
      return start.toString("latin1") === "GGUF";
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

import { open, stat } from "node:fs/promises";
import { openGguf } from "./gguf/gguf.ts";
import { quantisedSource } from "./quant/checkpoint/quantisedSource.ts";
import { DEFAULT_QUANT, type QuantOptions } from "./quant/checkpoint/quantOptions.ts";
import { readFully } from "./readFully.ts";
import { openSafetensors } from "./safetensors.ts";
import type { WeightSource } from "./weightSource.ts";

/**
 * Opens a file of weights as what it is by its first bytes, whatever its name: GGUF, else safetensors, whose quantised layers become matrices as
 * `quant` says. Throws as those openers and `quantisedSource` do.
 */
export async function openWeights(path: string, quant: QuantOptions = DEFAULT_QUANT): Promise<WeightSource> {
  if (await startsAsGguf(path)) return openGguf(path);
  const file = await openSafetensors(path);
  try {
    return await quantisedSource(file, quant);
  } catch (error) {
    await file.close();
    throw error;
  }
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

import { open, stat } from "node:fs/promises";
import { CannotOpen } from "../../formats/errors.ts";
import { systemFact } from "../../formats/systemFact.ts";
import { RunInterrupted } from "../../library/errors.ts";
import { contentHash } from "./contentHash.ts";
import { readThrough } from "./readThrough.ts";
import type { RemoteFile } from "./remoteFile.ts";

/** Whether a file here is a remote one, byte for byte, by its digest. `false` where there is none. Throws CannotOpen, RunInterrupted. */
export async function isWhole(
  path: string,
  file: RemoteFile,
  signal: AbortSignal,
  tick: (done: number) => void,
): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size !== file.bytes) return false;
  try {
    const handle = await open(path, "r");
    try {
      const hash = contentHash(file);
      await readThrough(handle, file.bytes, signal, (chunk) => hash.update(chunk), tick);
      return hash.digest("hex") === file.digest.hex;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof RunInterrupted ? error : new CannotOpen(path, systemFact(error));
  }
}

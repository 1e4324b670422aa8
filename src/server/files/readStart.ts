import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { LOOK } from "./contentOf.ts";

/** The first bytes of a file, those that tell what it is; none if it cannot be read or is no file. */
export async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null);
  if (file === null) return new Uint8Array();
  try {
    if (!(await file.stat()).isFile()) return new Uint8Array();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOK), 0, LOOK, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a file that is there whole or not at all: under another name first, then renamed. A link at its place is replaced, not followed. Its
 * folders are made. `path` was checked.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const half = join(dirname(path), `.weir-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(half, "wx");
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

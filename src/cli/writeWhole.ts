import { realpath, rename, rm } from "node:fs/promises";
import { isDevice } from "./isDevice.ts";

/**
 * Writes a file that the user named: it has its name when it is whole, or is not there. A link is followed, so that it stays one. What is
 * neither file nor folder (/dev/null, a pipe) is written into: a rename would put a file in its place. `write` fills the path that it is
 * given. Throws what the system says.
 */
export async function writeWhole(path: string, write: (to: string) => Promise<void>): Promise<void> {
  if (await isDevice(path)) return write(path);
  const to = await realpath(path).catch(() => path);
  const half = `${to}.${process.pid}.tmp`;
  try {
    await write(half);
    await rename(half, to);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

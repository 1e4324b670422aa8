import { stat } from "node:fs/promises";

/** Whether something is there that no file can replace: a device, a pipe, a socket. */
export async function isDevice(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
}

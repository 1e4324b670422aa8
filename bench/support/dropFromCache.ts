import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Drops a file from the page cache, by GNU dd's way to say so. False where the system has none. */
export async function dropFromCache(file: string): Promise<boolean> {
  try {
    await promisify(execFile)("dd", [`if=${file}`, "iflag=nocache", "count=0", "status=none"]);
    return true;
  } catch {
    return false;
  }
}

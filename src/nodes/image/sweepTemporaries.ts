import { randomBytes } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** A name under which a picture is written before it gets its own: hidden, and it says which process writes. */
export const temporaryName = (): string => `.weir-${process.pid}-${randomBytes(6).toString("hex")}.tmp`;

const OURS = /^\.weir-(\d+)-[0-9a-f]{12}\.tmp$/;
/** Bounds on the walk: an output folder may be the work of years, and nothing waits for this. */
const MAX_DEPTH = 4;
const MAX_FOLDERS = 1000;

/**
 * Removes half pictures that a process left when it was killed in the middle of writing: files of our own name pattern, older than
 * `before` (ms since 1970; this process's start), whose process is gone. Never throws; returns how many went. Links are not followed.
 */
export async function sweepTemporaries(root: string, before: number): Promise<number> {
  let removed = 0;
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: root, depth: 0 }];
  for (let n = 0; n < folders.length && n < MAX_FOLDERS; n++) {
    const { path, depth } = folders[n]!;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = join(path, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) folders.push({ path: file, depth: depth + 1 });
      const pid = OURS.exec(entry.name)?.[1];
      if (pid === undefined || !entry.isFile() || isAlive(Number(pid))) continue;
      try {
        if ((await lstat(file)).mtimeMs >= before) continue;
        await rm(file);
        removed += 1;
      } catch {
        // Somebody else swept it, or it may not be touched: then it stays.
      }
    }
  }
  return removed;
}

/** A number may have been given to another process since: then the file stays until a later start. Our own number was a dead one's. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

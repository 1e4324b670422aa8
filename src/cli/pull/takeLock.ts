import { readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { isAlive } from "../isAlive.ts";
import { FileInTheWay } from "./errors.ts";
import type { OpenFile } from "./world.ts";
import { writeFailure } from "./writeFailure.ts";

/** A lock that is being written has no text yet; one that is still empty after this was left so. */
const EMPTY_MS = 10_000;
const TRIES = 3;

/**
 * Makes sure that one process at a time writes a download: a file beside it that names the process. One of a process that is gone is taken
 * over. Returns the way to give it back. Throws FileInTheWay, and what a failed write means.
 */
export async function takeLock(path: string, open: OpenFile): Promise<() => Promise<void>> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const handle = await open(path, "wx");
      try {
        await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await handle.close();
      }
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw writeFailure(path, error);
      }
    }
    const holder = await holderOf(path);
    if (holder !== null)
      throw new FileInTheWay(
        `${holder} fetches this file already; wait for it, or remove ${path} if it does not run any more`,
      );
    await rm(path, { force: true });
  }
  throw new FileInTheWay(`another weir pull fetches this file already (${path})`);
}

/** In words; `null`: nobody any more. */
async function holderOf(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, "utf8");
    if (text === "") return Date.now() - (await stat(path)).mtimeMs < EMPTY_MS ? "another weir pull" : null;
    const { pid, host } = JSON.parse(text) as { pid?: unknown; host?: unknown };
    if (typeof pid !== "number" || typeof host !== "string") return null;
    if (host !== hostname()) return `a weir pull on ${JSON.stringify(host)}`;
    return isAlive(pid) ? `another weir pull (process ${pid})` : null;
  } catch {
    return null;
  }
}

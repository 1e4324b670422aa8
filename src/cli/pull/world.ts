import { open, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";

/** What a file is written through: the few calls of node's FileHandle that are used. */
export type OpenFile = typeof open;

/** What a pull touches beside streams and environment, passed in so that a test can let it fail. */
export interface PullWorld {
  /** Rejects with `signal`'s reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Bytes free where a folder is, or will be, and which disk that is; `null` where the system does not say. */
  room(folder: string): Promise<{ readonly free: number; readonly disk: number } | null>;
  readonly open: OpenFile;
  /** With no byte for so long, a connection counts as cut. */
  readonly stallMs: number;
  /** Authorities in place of the system's. */
  readonly ca?: string;
}

export const realWorld: PullWorld = {
  async sleep(ms, signal) {
    await setTimeout(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
  async room(folder) {
    for (let path = folder; ; path = dirname(path)) {
      try {
        const { bavail, bsize } = await statfs(path);
        return { free: bavail * bsize, disk: (await stat(path)).dev };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) return null;
      }
    }
  },
  open,
  stallMs: 60_000,
};

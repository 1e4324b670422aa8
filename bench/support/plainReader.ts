import { open } from "node:fs/promises";

/** Reads a file as plainly as Node can. */
export interface PlainReader {
  /** Reads `bytes` bytes (from the start again at the file's end) in `pieces`. Returns milliseconds. */
  read(bytes: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Positional reads one after another, `piece` bytes each, into memory that is used again: the speed at which a file's bytes come, out of the page
 * cache or off the disk. `copyInto`: each piece is then copied once more, as it is into a device's memory.
 */
export async function plainReader(file: string, piece: number, copyInto?: Uint8Array): Promise<PlainReader> {
  const handle = await open(file, "r");
  const { size } = await handle.stat();
  const buffer = new Uint8Array(piece).fill(1);
  let at = 0;
  return {
    async read(bytes) {
      const start = performance.now();
      for (let left = bytes; left > 0; ) {
        const want = Math.min(left, piece, size - at);
        const { bytesRead } = await handle.read(buffer, 0, want, at);
        copyInto?.set(buffer.subarray(0, bytesRead));
        left -= bytesRead;
        at = (at + bytesRead) % size;
      }
      return performance.now() - start;
    },
    close: () => handle.close(),
  };
}

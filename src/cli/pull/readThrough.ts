import type { FileHandle } from "node:fs/promises";
import { RunInterrupted } from "../../library/errors.ts";

const CHUNK = 2 ** 20;

/** Hands a file's first `bytes` bytes to `see`, in order. `tick` is told how many were read so far. Throws RunInterrupted. */
export async function readThrough(
  handle: FileHandle,
  bytes: number,
  signal: AbortSignal,
  see: (chunk: Uint8Array) => void,
  tick: (done: number) => void = () => {},
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, bytes)));
  for (let at = 0; at < bytes; ) {
    if (signal.aborted) throw new RunInterrupted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
    if (bytesRead === 0) throw new Error(`it ended after ${at} of ${bytes} bytes`);
    see(buffer.subarray(0, bytesRead));
    at += bytesRead;
    tick(at);
  }
}

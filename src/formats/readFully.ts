import { ReadFailed } from "./errors.ts";
import { systemFact } from "./systemFact.ts";

/** One system call reads at most this much: Linux stops at 2^31 - 4096 bytes, and Node refuses more than 2^31 - 1. */
const PIECE = 2 ** 30;

/** What of a FileHandle is used. */
export interface Reader {
  read(into: Uint8Array, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** Fills `into` from the file's byte `position` on; a call may bring less than was asked for. Throws ReadFailed. */
export async function readFully(
  path: string,
  file: Reader,
  position: number,
  into: Uint8Array,
  piece = PIECE,
): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const length = Math.min(piece, into.length - done);
    let got: number;
    try {
      got = (await file.read(into, done, length, position + done)).bytesRead;
    } catch (error) {
      throw new ReadFailed(path, `${length} bytes at ${position + done} could not be read: ${systemFact(error)}`);
    }
    if (got === 0)
      throw new ReadFailed(
        path,
        `ends at byte ${position + done}, ${into.length - done} bytes short of what was asked for`,
      );
    done += got;
  }
}

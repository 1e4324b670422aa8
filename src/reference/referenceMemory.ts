import type { Chunk, DeviceMemory, Place } from "../memory/deviceMemory.ts";
import type { Block, Pool } from "./pool.ts";

export const ALIGNMENT = 32;
/** An array buffer of 2 GiB is made by every engine; larger ones are not needed here. */
export const MAX_BUFFER_BYTES = 2 ** 31;

/** The weights' side of the reference device: chunks are array buffers, so places are host memory and files are read into them. */
export function referenceMemory(pool: Pool): DeviceMemory {
  const range = ({ chunk, offset, bytes }: Place, from: number, length: number): Block => {
    if (offset < 0 || offset + bytes > chunk.bytes || from < 0 || from + length > bytes)
      throw new Error(
        `invariant: ${length} bytes at ${from} of a place of ${bytes} at ${offset} of a chunk of ${chunk.bytes}`,
      );
    return pool.block(chunk.handle).subarray(offset + from, offset + from + length);
  };
  return {
    device: "reference",
    alignment: ALIGNMENT,
    maxChunkBytes: MAX_BUFFER_BYTES,
    allocate: (bytes): Chunk | null => {
      const handle = pool.take(bytes);
      return handle && { bytes, handle };
    },
    free: (chunk) => pool.give(chunk.handle as Block, chunk.bytes),
    map: (place) => range(place, 0, place.bytes),
    upload: async (place, offset, data) => range(place, offset, data.length).set(data),
    usage: () => ({ free: pool.limit - pool.used, total: pool.limit }),
  };
}

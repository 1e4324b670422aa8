import type { Chunk, DeviceMemory } from "../deviceMemory.ts";
import type { Bytes, Fence } from "../words.ts";

export interface FakeMemoryOptions {
  readonly alignment?: Bytes;
  readonly capacity?: Bytes;
  readonly maxChunkBytes?: Bytes;
  /** Places are host memory, and stores fill them in place. */
  readonly unified?: boolean;
  /** Called before each call of that kind, counted from 1: true makes it fail. */
  readonly fails?: (what: "allocate" | "upload", nth: number) => boolean;
  /** Awaited in the middle of each upload, when half of the bytes are there. */
  readonly pause?: () => Promise<void>;
}

export interface FakeMemory extends DeviceMemory {
  readonly live: ReadonlySet<Chunk>;
  readonly liveBytes: Bytes;
  readonly peakBytes: Bytes;
  readonly calls: { allocate: number; upload: number };
}

/** Device memory made of arrays, which fails on demand, refuses what a real device would refuse, and writes uploads in two halves. */
export function fakeMemory(options: FakeMemoryOptions = {}): FakeMemory {
  const { alignment = 1, capacity = Number.POSITIVE_INFINITY, maxChunkBytes = 2 ** 31, unified = false } = options;
  const live = new Set<Chunk>();
  const calls = { allocate: 0, upload: 0 };
  let liveBytes = 0;
  let peakBytes = 0;
  const bytesOf = (chunk: Chunk) => {
    if (!live.has(chunk)) throw new Error("a place in a chunk that is not allocated");
    return chunk.handle as Uint8Array;
  };
  return {
    device: "fake",
    alignment,
    maxChunkBytes,
    live,
    calls,
    get liveBytes() {
      return liveBytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    allocate(bytes) {
      if (bytes > maxChunkBytes || !(bytes > 0)) throw new Error(`a chunk of ${bytes} bytes is asked for`);
      if (options.fails?.("allocate", ++calls.allocate)) return null;
      if (liveBytes + bytes > capacity) return null;
      const chunk = { bytes, handle: new Uint8Array(bytes).fill(0xee) };
      live.add(chunk);
      liveBytes += bytes;
      peakBytes = Math.max(peakBytes, liveBytes);
      return chunk;
    },
    free(chunk) {
      bytesOf(chunk).fill(0xdd);
      live.delete(chunk);
      liveBytes -= chunk.bytes;
    },
    map: ({ chunk, offset, bytes }) => (unified ? bytesOf(chunk).subarray(offset, offset + bytes) : null),
    async upload(place, offset, data) {
      const nth = ++calls.upload;
      const into = bytesOf(place.chunk);
      if (offset + data.length > place.bytes) throw new Error("an upload past the end of its place");
      const half = data.length >> 1;
      into.set(data.subarray(0, half), place.offset + offset);
      await options.pause?.();
      if (options.fails?.("upload", nth)) throw new Error(`upload ${nth} failed`);
      bytesOf(place.chunk).set(data.subarray(half), place.offset + offset + half);
    },
    usage: () => ({
      free: Number.isFinite(capacity) ? capacity - liveBytes : 0,
      total: Number.isFinite(capacity) ? capacity : 0,
    }),
  };
}

export interface ManualFence extends Fence {
  reach(): void;
}

/** A fence that is reached when the test says so. */
export function manualFence(): ManualFence {
  let resolve!: () => void;
  let done = false;
  const reached = new Promise<void>((yes) => {
    resolve = yes;
  });
  return {
    get done() {
      return done;
    },
    reached,
    reach() {
      done = true;
      resolve();
    },
  };
}

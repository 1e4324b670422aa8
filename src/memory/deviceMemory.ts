import type { Bytes, DeviceId, WeightId } from "./words.ts";

/** A piece of device memory, allocated and freed as one. Opaque: only the device that made it looks inside `handle`. */
export interface Chunk {
  readonly bytes: Bytes;
  readonly handle: unknown;
}

/** Where a weight lies: `offset` is a multiple of the device's alignment, and the weight ends inside the chunk. */
export interface Place {
  readonly device: DeviceId;
  readonly chunk: Chunk;
  readonly offset: Bytes;
  readonly bytes: Bytes;
}

/** Host memory from which a device can copy by itself. `free` gives it back: no upload of it is in flight then. */
export interface Staging {
  readonly bytes: Bytes;
  readonly data: Uint8Array;
  free(): void;
}

/**
 * A device's memory as the residency core sees it. Implemented by ggml (real devices), by reference (plain arrays), by a fake that
 * fails on demand and by a simulated one; one case table runs on all of them. It does no book-keeping and knows no weights: what
 * lies where is decided above. Too little room is a returned value, never an exception.
 */
export interface DeviceMemory {
  readonly device: DeviceId;
  /** Places start at multiples of this. */
  readonly alignment: Bytes;
  /** The largest chunk the device can make. */
  readonly maxChunkBytes: Bytes;
  /** A chunk, or `null` when the device has no room for it. */
  allocate(bytes: Bytes): Chunk | null;
  /** Gives a chunk back. The caller has waited for the last reader's fence. */
  free(chunk: Chunk): void;
  /** The place's bytes as host memory where the device is unified, so that a file is read straight into it; else `null`. */
  map(place: Place): Uint8Array | null;
  /** Copies `data` to `place` + `offset`; resolves when the bytes are there and `data` may be reused. Rejects on a device fault. */
  upload(place: Place, offset: Bytes, data: Uint8Array): Promise<void>;
  /** Host memory that is faster to upload from than other (pinned), or `null` where the device has no such, or no room for it. */
  staging?(bytes: Bytes): Staging | null;
  /** Bytes free and in all, as the device tells it (0, 0 where it does not). */
  usage(): { readonly free: Bytes; readonly total: Bytes };
}

/**
 * Where resident bytes come from: a file's weights in their resident form, whole or in pieces. Implemented over `WeightSource` in
 * runtime/, and by fakes. Rejects with a typed error when the file cannot be read or has changed.
 */
export interface WeightStore {
  /**
   * Fills `into` with the bytes [offset, offset + into.length) of the weight's resident form. `beside`: told how many bytes of other weights were read for it, where it
   * is made of them.
   */
  fill(weight: WeightId, offset: Bytes, into: Uint8Array, beside?: (bytes: Bytes) => void): Promise<void>;
}

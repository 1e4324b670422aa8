import type { Bytes } from "./words.ts";

/** A piece of the machine's own memory, allocated and given back as one. */
export interface HostBlock {
  readonly bytes: Bytes;
  /** Its bytes. A simulated host's are none. */
  readonly data: Uint8Array;
  /** Gives it back: nobody reads or writes it then. */
  free(): void;
}

/**
 * The machine's memory as the residency core sees it: what RAM copies and staging are made of. Implemented over plain arrays, over a
 * device's pinned memory, by a fake that fails on demand and by a simulated one. It counts nothing: that is the RAM tier's.
 */
export interface HostMemory {
  /** A block, or `null` when the machine has no room for it. */
  allocate(bytes: Bytes): HostBlock | null;
}

/** What a handle of this backend is: the buffer's bytes. */
export type Block = Uint8Array<ArrayBuffer>;

/** The reference device's memory: array buffers, counted, none beyond `limit` bytes. */
export class Pool {
  readonly limit: number;
  #used = 0;
  readonly #live = new Set<Block>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** A block of zeros, or `null` when there is no room. */
  take(bytes: number): Block | null {
    if (bytes > this.limit - this.#used) return null;
    // Whole words, so that typed views of the last element fit.
    const block = newBlock(Math.ceil(bytes / 4) * 4);
    if (!block) return null;
    this.#used += bytes;
    this.#live.add(block);
    return block;
  }

  give(block: Block, bytes: number): void {
    if (!this.#live.delete(block)) throw new Error("invariant: a buffer that is not of this device, or freed before");
    this.#used -= bytes;
  }

  /** The block behind a handle. */
  block(handle: unknown): Block {
    if (!this.#live.has(handle as Block))
      throw new Error("invariant: a buffer that is not of this device, or was freed");
    return handle as Block;
  }
}

function newBlock(bytes: number): Block | null {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Where a tensor lies: which chunk of the activation buffer, and the byte in it. */
export interface ActivationPlace {
  readonly chunk: number;
  readonly offset: number;
}

interface Chunk {
  /** Free byte ranges by offset; the last one is what has not been touched yet. */
  readonly free: { offset: number; bytes: number }[];
  /** The furthest byte ever taken. */
  bytes: number;
}

/** ggml splits at most this often; its last chunk has no limit. */
const MAX_CHUNKS = 16;

/**
 * The free list of ggml's graph allocator, decision for decision, so that sizes planned here equal those of the native allocator to the
 * byte. Best fit among the holes (of equal ones the last); without a fit the open end, which may grow; without that a new chunk. Sizes
 * are rounded up to the alignment. Source: ggml 0.23.0, ggml-alloc.c, ggml_dyn_tallocr.
 */
export class FreeBlocks {
  readonly #alignment: number;
  readonly #maxChunkBytes: number;
  readonly #chunks: Chunk[] = [];

  constructor(alignment: number, maxChunkBytes: number) {
    this.#alignment = alignment;
    this.#maxChunkBytes = maxChunkBytes;
  }

  /** Bytes of each chunk. */
  get chunkBytes(): number[] {
    return this.#chunks.map((chunk) => chunk.bytes);
  }

  take(wanted: number): ActivationPlace {
    const bytes = this.#round(wanted);
    const { chunk, block } = this.#hole(bytes) ?? this.#openEnd(bytes) ?? this.#newChunk(bytes);
    const { free } = this.#chunks[chunk]!;
    const range = free[block]!;
    const { offset } = range;
    range.offset += bytes;
    range.bytes -= bytes;
    if (range.bytes === 0) free.splice(block, 1);
    this.#chunks[chunk]!.bytes = Math.max(this.#chunks[chunk]!.bytes, offset + bytes);
    return { chunk, offset };
  }

  give({ chunk, offset }: ActivationPlace, wanted: number): void {
    const bytes = this.#round(wanted);
    const { free } = this.#chunks[chunk]!;
    for (const [i, range] of free.entries()) {
      const next = free[i + 1];
      const last = free[i - 1];
      if (range.offset + range.bytes === offset) {
        range.bytes += bytes;
        if (next && range.offset + range.bytes === next.offset) {
          range.bytes += next.bytes;
          free.splice(i + 1, 1);
        }
        return;
      }
      if (offset + bytes === range.offset) {
        range.offset = offset;
        range.bytes += bytes;
        if (last && last.offset + last.bytes === range.offset) {
          last.bytes += range.bytes;
          free.splice(i, 1);
        }
        return;
      }
    }
    const at = free.findIndex((range) => range.offset >= offset);
    free.splice(at < 0 ? free.length : at, 0, { offset, bytes });
  }

  #round(bytes: number): number {
    return Math.ceil(bytes / this.#alignment) * this.#alignment;
  }

  #hole(bytes: number) {
    let found: { chunk: number; block: number } | undefined;
    for (const [chunk, { free }] of this.#chunks.entries()) {
      // Starts anew in each chunk: a fit in a later chunk wins over a better one before it, as in ggml.
      let best = Number.POSITIVE_INFINITY;
      for (const [block, range] of free.slice(0, -1).entries())
        if (range.bytes >= bytes && range.bytes <= best) {
          best = range.bytes;
          found = { chunk, block };
        }
    }
    return found;
  }

  #openEnd(bytes: number) {
    let found: { chunk: number; block: number } | undefined;
    // Bytes of the chunk left beyond the new end (negative: bytes it must grow by). The least growth, else the tightest fit.
    let best = Number.NEGATIVE_INFINITY;
    for (const [chunk, { free, bytes: reached }] of this.#chunks.entries()) {
      const range = free.at(-1);
      if (!range) continue;
      const left = reached - range.offset - bytes;
      const better = (best < 0 && left > best) || (left >= 0 && left < best);
      if (range.bytes >= bytes && better) {
        best = left;
        found = { chunk, block: free.length - 1 };
      }
    }
    return found;
  }

  #newChunk(bytes: number) {
    const chunk = this.#chunks.length;
    if (chunk >= MAX_CHUNKS) throw new Error(`invariant: the last activation chunk has no room for ${bytes} bytes`);
    const limit = chunk === MAX_CHUNKS - 1 ? Number.POSITIVE_INFINITY : Math.max(bytes, this.#maxChunkBytes);
    this.#chunks.push({ free: [{ offset: 0, bytes: limit }], bytes: 0 });
    return { chunk, block: 0 };
  }
}

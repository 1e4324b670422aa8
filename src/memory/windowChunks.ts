import type { Bytes } from "./words.ts";

/**
 * The chunks of a window that holds `bytes` of weights in a ring, the largest of them `largest` bytes, at most `count` at a time.
 * A ring loses less than one largest weight where it wraps, and a ring of several chunks that much at the end of each.
 * `wraps`: false when the window is emptied before each stage, so that the first chunk is filled from its start.
 */
export function windowChunks(
  bytes: Bytes,
  largest: Bytes,
  count: number,
  maxChunk: Bytes,
  wraps: boolean,
): readonly Bytes[] {
  const one = bytes + (wraps ? largest : 0);
  if (one === 0) return [];
  if (one <= maxChunk) return [one];
  const usable = maxChunk - largest;
  // Chunks barely larger than a weight hold one each.
  if (usable < largest) return new Array<Bytes>(count).fill(largest);
  return new Array<Bytes>(Math.ceil(bytes / usable)).fill(maxChunk);
}

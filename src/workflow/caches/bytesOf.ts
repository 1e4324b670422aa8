/** Results nest a few levels (a conditioning holds latents); what is deeper holds handles, not numbers. */
const MAX_DEPTH = 8;

/**
 * Bytes of memory behind a result: the buffers of all arrays of numbers in it, each counted once. Objects with a class of their own (models, files)
 * are handles: what is behind them is counted where it lives.
 */
export function bytesOf(value: unknown): number {
  const seen = new Set<object>();
  const walk = (part: unknown, depth: number): number => {
    if (typeof part !== "object" || part === null || depth > MAX_DEPTH || seen.has(part)) return 0;
    seen.add(part);
    if (ArrayBuffer.isView(part)) return walk(part.buffer, depth);
    if (part instanceof ArrayBuffer) return part.byteLength;
    if (Array.isArray(part)) return part.reduce((sum: number, item) => sum + walk(item, depth + 1), 0);
    if (Object.getPrototypeOf(part) !== Object.prototype) return 0;
    return Object.values(part).reduce((sum: number, item) => sum + walk(item, depth + 1), 0);
  };
  return walk(value, 0);
}

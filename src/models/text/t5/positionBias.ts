/** From here on all distances are one. Source: the published configurations. */
const FURTHEST = 128;

/**
 * What each head adds to a score for how far a key is from its query: [heads, tokens, tokens] (query, key) out of the table
 * [buckets, heads]. Half of the buckets are for keys behind the query. In each half, the first half are single distances, the others grow
 * with the logarithm. PyTorch's steps are followed, each rounded to f32. Source: arXiv:1910.10683, "Model"; golden/text/t5_long300.
 */
export function positionBias(table: Float32Array, heads: number, tokens: number): Float32Array {
  const buckets = table.length / heads;
  const out = new Float32Array(heads * tokens * tokens);
  // by the key's place less the query's, from -(tokens - 1) on
  const bucketAt = Int32Array.from({ length: 2 * tokens - 1 }, (_, i) => bucketOf(i - tokens + 1, buckets));
  const row = new Float32Array(2 * tokens - 1);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < row.length; i++) row[i] = table[bucketAt[i]! * heads + head]!;
    for (let query = 0; query < tokens; query++) {
      const first = tokens - 1 - query;
      out.set(row.subarray(first, first + tokens), (head * tokens + query) * tokens);
    }
  }
  return out;
}

export function bucketOf(distance: number, buckets: number): number {
  const f32 = Math.fround;
  const side = buckets / 2;
  const single = side / 2;
  const base = distance > 0 ? side : 0;
  const far = Math.abs(distance);
  if (far < single) return base + far;
  const share = f32(f32(Math.log(f32(far / single))) / f32(Math.log(FURTHEST / single)));
  return base + Math.min(side - 1, single + Math.floor(f32(share * (side - single))));
}

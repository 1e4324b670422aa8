/** Whole items over again until there are `count`; too many are cut. `data`: [batch, ...]. */
export function repeatTo(data: Float32Array, batch: number, count: number): Float32Array {
  if (batch === count) return data;
  const each = data.length / batch;
  const out = new Float32Array(count * each);
  for (let n = 0; n < count; n++) {
    const from = (n % batch) * each;
    out.set(data.subarray(from, from + each), n * each);
  }
  return out;
}

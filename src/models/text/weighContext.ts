/**
 * What prompt weights make of an encoded text: each position goes from what an empty prompt of the same length has there to what it is, and
 * as far beyond as its weight says. context, empty: [tokens, width]. Steps are rounded to f32 as PyTorch's are.
 * Source: golden/text/clip_l_weighted.
 */
export function weighContext(context: Float32Array, empty: Float32Array, weights: readonly number[]): Float32Array {
  const f32 = Math.fround;
  const width = context.length / weights.length;
  const out = context.slice();
  for (const [token, weight] of weights.entries()) {
    if (weight === 1) continue;
    const factor = f32(weight);
    for (let i = token * width; i < (token + 1) * width; i++)
      out[i] = f32(f32(context[i]! - empty[i]!) * factor) + empty[i]!;
  }
  return out;
}

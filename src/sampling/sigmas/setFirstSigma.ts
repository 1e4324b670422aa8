/** The same schedule from another level. */
export const setFirstSigma = (sigmas: Float32Array, sigma: number): Float32Array =>
  sigmas.map((level, i) => (i === 0 ? sigma : level));

/** Tokens (of 16 x 16 pixels) at which the shift is the base one and the largest one. */
const BASE_TOKENS = 256;
const MAX_TOKENS = 4096;

/** ModelSamplingFlux: the shift for a picture of `width` x `height` pixels, linear in its tokens. Source: BFL's flux sampling code. */
export function fluxShift(baseShift: number, maxShift: number, width: number, height: number): number {
  const slope = (maxShift - baseShift) / (MAX_TOKENS - BASE_TOKENS);
  return ((width * height) / 256) * slope + (baseShift - slope * BASE_TOKENS);
}

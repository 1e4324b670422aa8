/**
 * Which layers' inputs make the context: a quarter, a half and three quarters of the way up. For the 36 layers of Qwen3 4B and 8B these
 * are Flux 2 klein's 9, 18, 27, for the demo's 4 they are 1, 2, 3.
 */
export const defaultTaps = (layers: number): readonly number[] =>
  [1, 2, 3].map((quarter) => Math.floor((quarter * layers) / 4));

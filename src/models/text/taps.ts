/**
 * Which layers' inputs make the context: a quarter, a half and three quarters of the way up. For the 36 layers of Qwen3 4B and 8B these
 * are Flux 2 klein's 9, 18, 27, for Mistral 3's 40 they are dev's 10, 20, 30, for the demo's 4 they are 1, 2, 3. A file cut off behind its
 * last tap (`cut`) has three quarters of the layers: dev's has 30.
 */
export const defaultTaps = (layers: number, cut = false): readonly number[] =>
  [1, 2, 3].map((part) => Math.floor((part * layers) / (cut ? 3 : 4)));

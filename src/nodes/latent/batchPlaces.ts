import type { Latent } from "../values.ts";

/** Each picture's place in the batch it was taken from; its own where it was taken from none. */
export const batchPlaces = ({ batch, batchIndex }: Latent): readonly number[] =>
  batchIndex ?? Array.from({ length: batch }, (_, i) => i);

/**
 * The transformer of most benchmarks: 86 M parameters, 0.17 GB in bf16, and a short context. Long enough a step (a tenth of a second and
 * more) that what surrounds it is small, short enough for many rounds; compute and bytes are in the proportion of a real model that
 * draws a small picture.
 */
export const MID = {
  name: "0.17 GB, 84 tokens",
  sizes: { hidden: 512, double: 4, single: 16, context: 512 },
  shape: { batch: 1, height: 8, width: 8, textTokens: 20 },
} as const;

/** The demo's model: graphs so small that whatever surrounds them shows. */
export const TINY = {
  name: "13 MB, 84 tokens",
  sizes: { hidden: 256, double: 1, single: 4, context: 384 },
  shape: { batch: 1, height: 8, width: 8, textTokens: 20 },
} as const;

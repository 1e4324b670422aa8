import { float, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";

/** Value by value, times a factor. */
export const LatentMultiply = node({
  name: "LatentMultiply",
  category: "model/latent/advanced",
  pythonModule: "comfy_extras.nodes_latent",
  inputs: { samples: LATENT.link(), multiplier: float({ default: 1, min: -10, max: 10, step: 0.01 }) },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, multiplier }) => ({
    LATENT: { ...samples, samples: samples.samples.map((value) => value * multiplier) },
  }),
});

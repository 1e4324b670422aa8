import { node } from "../declare.ts";
import { LATENT, MASK } from "../kinds.ts";

/** Sampling makes anew only where the mask is 1. */
export const SetLatentNoiseMask = node({
  name: "SetLatentNoiseMask",
  displayName: "Set Latent Noise Mask",
  category: "model/latent",
  pythonModule: "nodes",
  inputs: { samples: LATENT.link(), mask: MASK.link() },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, mask }) => ({ LATENT: { ...samples, noiseMask: mask } }),
});

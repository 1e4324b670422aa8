import { node, seed } from "../declare.ts";
import { NOISE } from "../kinds.ts";

/** PyTorch's noise for that seed. */
export const RandomNoise = node({
  name: "RandomNoise",
  category: "model/sampling/noise",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { noise_seed: seed() },
  outputs: { NOISE: NOISE.output },
  execute: ({ noise_seed }) => ({ NOISE: { seed: noise_seed } }),
});

import { node } from "../declare.ts";
import { NOISE } from "../kinds.ts";

/** No noise is added: the latent is taken as it is. */
export const DisableNoise = node({
  name: "DisableNoise",
  category: "model/sampling/noise",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  searchAliases: ["zero noise"],
  inputs: {},
  outputs: { NOISE: NOISE.output },
  execute: () => ({ NOISE: { seed: null } }),
});

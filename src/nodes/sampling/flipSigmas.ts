import { flipSigmas } from "../../sampling/sigmas/flipSigmas.ts";
import { node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** A schedule from its end to its start, for going back to noise; a level of 0 becomes 0.0001. */
export const FlipSigmas = node({
  name: "FlipSigmas",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { sigmas: SIGMAS.link() },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ sigmas }) => ({ SIGMAS: flipSigmas(sigmas) }),
});

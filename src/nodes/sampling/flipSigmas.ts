import { flipSigmas } from "../../sampling/sigmas/flipSigmas.ts";
import { node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

export const FlipSigmas = node({
  name: "FlipSigmas",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { sigmas: SIGMAS.link() },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ sigmas }) => ({ SIGMAS: flipSigmas(sigmas) }),
});

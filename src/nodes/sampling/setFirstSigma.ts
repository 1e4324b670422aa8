import { setFirstSigma } from "../../sampling/sigmas/setFirstSigma.ts";
import { float, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** A schedule with another first level. */
export const SetFirstSigma = node({
  name: "SetFirstSigma",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { sigmas: SIGMAS.link(), sigma: float({ default: 136, min: 0, max: 20000, step: 0.001, round: false }) },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ sigmas, sigma }) => ({ SIGMAS: setFirstSigma(sigmas, sigma) }),
});

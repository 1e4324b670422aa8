import { int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** A schedule in two: up to and including the sigma at `step`, and from it on. */
export const SplitSigmas = node({
  name: "SplitSigmas",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { sigmas: SIGMAS.link(), step: int({ default: 0, min: 0, max: 10000 }) },
  outputs: { high_sigmas: SIGMAS.output, low_sigmas: SIGMAS.output },
  execute: ({ sigmas, step }) => ({ high_sigmas: sigmas.slice(0, step + 1), low_sigmas: sigmas.slice(step) }),
});

import { splitSigmasDenoise } from "../../sampling/sigmas/splitSigmas.ts";
import { float, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** A schedule in two: the second part is the last `denoise` of its steps. */
export const SplitSigmasDenoise = node({
  name: "SplitSigmasDenoise",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { sigmas: SIGMAS.link(), denoise: float({ default: 1, min: 0, max: 1, step: 0.01 }) },
  outputs: { high_sigmas: SIGMAS.output, low_sigmas: SIGMAS.output },
  execute: ({ sigmas, denoise }) => {
    const [high_sigmas, low_sigmas] = splitSigmasDenoise(sigmas, denoise);
    return { high_sigmas, low_sigmas };
  },
});

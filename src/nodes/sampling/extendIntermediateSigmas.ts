import { extendSigmas, type Spacing } from "../../sampling/sigmas/extendSigmas.ts";
import { combo, float, int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** More steps between those of a schedule, from one level to another; a start of -1 is any. */
export const ExtendIntermediateSigmas = node({
  name: "ExtendIntermediateSigmas",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    sigmas: SIGMAS.link(),
    steps: int({ default: 2, min: 1, max: 100 }),
    start_at_sigma: float({ default: -1, min: -1, max: 20000, step: 0.01, round: false }),
    end_at_sigma: float({ default: 12, min: 0, max: 20000, step: 0.01, round: false }),
    spacing: combo(["linear", "cosine", "sine"], { form: "object" }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ sigmas, steps, start_at_sigma: start, end_at_sigma: end, spacing }) => ({
    SIGMAS: extendSigmas(sigmas, { steps, start, end, spacing: spacing as Spacing }),
  }),
});

import { polyexponentialSigmas } from "../../sampling/sigmas/formulas.ts";
import { float, int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** Levels even in a power of log sigma. */
export const PolyexponentialScheduler = node({
  name: "PolyexponentialScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    steps: int({ default: 20, min: 1, max: 10000 }),
    sigma_max: float({ default: 14.614642, min: 0, max: 5000, step: 0.01, round: false, advanced: true }),
    sigma_min: float({ default: 0.0291675, min: 0, max: 5000, step: 0.01, round: false, advanced: true }),
    rho: float({ default: 1, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ steps, sigma_max, sigma_min, rho }) => ({
    SIGMAS: polyexponentialSigmas(steps, sigma_min, sigma_max, rho),
  }),
});

import { vpSigmas } from "../../sampling/sigmas/formulas.ts";
import { float, int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** The variance-preserving schedule, even in time. */
export const VPScheduler = node({
  name: "VPScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    steps: int({ default: 20, min: 1, max: 10000 }),
    beta_d: float({ default: 19.9, min: 0, max: 5000, step: 0.01, round: false, advanced: true }),
    beta_min: float({ default: 0.1, min: 0, max: 5000, step: 0.01, round: false, advanced: true }),
    eps_s: float({ default: 0.001, min: 0, max: 1, step: 0.0001, round: false, advanced: true }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ steps, beta_d, beta_min, eps_s }) => ({ SIGMAS: vpSigmas(steps, beta_d, beta_min, eps_s) }),
});

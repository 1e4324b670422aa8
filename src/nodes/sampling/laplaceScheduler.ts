import { laplaceSigmas } from "../../sampling/sigmas/formulas.ts";
import { float, int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** Levels at the quantiles of a Laplace distribution of log sigma. */
export const LaplaceScheduler = node({
  name: "LaplaceScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    steps: int({ default: 20, min: 1, max: 10000 }),
    sigma_max: float({ default: 14.614642, min: 0, max: 5000, step: 0.01, round: false, advanced: true }),
    sigma_min: float({ default: 0.0291675, min: 0, max: 5000, step: 0.01, round: false, advanced: true }),
    mu: float({ default: 0, min: -10, max: 10, step: 0.1, round: false, advanced: true }),
    beta: float({ default: 0.5, min: 0, max: 10, step: 0.1, round: false, advanced: true }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ steps, sigma_max, sigma_min, mu, beta }) => ({
    SIGMAS: laplaceSigmas(steps, sigma_min, sigma_max, mu, beta),
  }),
});

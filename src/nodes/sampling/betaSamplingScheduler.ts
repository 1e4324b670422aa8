import { betaSigmas } from "../../sampling/schedulers/beta.ts";
import { float, int, node } from "../declare.ts";
import { MODEL, SIGMAS } from "../kinds.ts";

/** Levels of the model at the quantiles of a Beta distribution: dense at both ends. */
export const BetaSamplingScheduler = node({
  name: "BetaSamplingScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    model: MODEL.link(),
    steps: int({ default: 20, min: 1, max: 10000 }),
    alpha: float({ default: 0.6, min: 0, max: 50, step: 0.01, round: false, advanced: true }),
    beta: float({ default: 0.6, min: 0, max: 50, step: 0.01, round: false, advanced: true }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ model, steps, alpha, beta }) => ({
    SIGMAS: Float32Array.from(betaSigmas(model.sampling, steps, alpha, beta)),
  }),
});

import { ALIGNED_MODELS, alignYourStepsSigmas } from "../../sampling/sigmas/alignYourSteps.ts";
import { combo, float, int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

/** Noise levels that were optimised for one kind of model. Below denoise 1 only the last ones; at 0 none. */
export const AlignYourStepsScheduler = node({
  name: "AlignYourStepsScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_align_your_steps",
  searchAliases: ["AYS scheduler"],
  inputs: {
    model_type: combo(ALIGNED_MODELS, { form: "object" }),
    steps: int({ default: 10, min: 1, max: 10000 }),
    denoise: float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ model_type, steps, denoise }) => ({ SIGMAS: alignYourStepsSigmas(model_type, steps, denoise) }),
});

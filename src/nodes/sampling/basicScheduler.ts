import { schedulerNames } from "../../sampling/schedulers/index.ts";
import { basicSchedule } from "../../sampling/scheduleSigmas.ts";
import { combo, float, int, node } from "../declare.ts";
import { MODEL, SIGMAS } from "../kinds.ts";

/** A schedule by name, over the model's own noise levels. */
export const BasicScheduler = node({
  name: "BasicScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    model: MODEL.link(),
    scheduler: combo(schedulerNames, { form: "object" }),
    steps: int({ default: 20, min: 1, max: 10000 }),
    denoise: float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ model, ...request }) => ({ SIGMAS: basicSchedule(model.sampling, request) }),
});

import { sdTurboSigmas } from "../../sampling/sigmas/sdTurboSigmas.ts";
import { float, int, node } from "../declare.ts";
import { MODEL, SIGMAS } from "../kinds.ts";

/** For models distilled at ten timesteps. */
export const SDTurboScheduler = node({
  name: "SDTurboScheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    model: MODEL.link(),
    steps: int({ default: 1, min: 1, max: 10 }),
    denoise: float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ model, steps, denoise }) => ({ SIGMAS: sdTurboSigmas(model.sampling, steps, denoise) }),
});

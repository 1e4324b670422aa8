import { float, node } from "../declare.ts";
import { CONDITIONING, GUIDER, MODEL } from "../kinds.ts";

/** Classifier-free guidance: away from the negative by a factor of cfg. */
export const CFGGuider = node({
  name: "CFGGuider",
  displayName: "CFG Guider",
  category: "model/sampling/guiders",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    model: MODEL.link(),
    positive: CONDITIONING.link(),
    negative: CONDITIONING.link(),
    cfg: float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }),
  },
  outputs: { GUIDER: GUIDER.output },
  execute: ({ model, positive, negative, cfg }) => ({ GUIDER: { model, positive, negative, cfg } }),
});

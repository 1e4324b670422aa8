import { node } from "../declare.ts";
import { CONDITIONING, GUIDER, MODEL } from "../kinds.ts";

/** Follows one conditioning and nothing else. */
export const BasicGuider = node({
  name: "BasicGuider",
  displayName: "Basic Guider",
  category: "model/sampling/guiders",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { model: MODEL.link(), conditioning: CONDITIONING.link() },
  outputs: { GUIDER: GUIDER.output },
  execute: ({ model, conditioning }) => ({ GUIDER: { model, positive: conditioning, cfg: 1 } }),
});

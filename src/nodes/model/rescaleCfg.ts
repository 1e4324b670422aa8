import { float, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";

/** Takes back some of the contrast that guidance adds: the guided prediction gets the positive one's spread, by this share. */
export const RescaleCFG = node({
  name: "RescaleCFG",
  category: "model/patch",
  pythonModule: "comfy_extras.nodes_model_advanced",
  inputs: { model: MODEL.link(), multiplier: float({ default: 0.7, min: 0, max: 1, step: 0.01 }) },
  outputs: { MODEL: MODEL.output },
  execute: ({ model, multiplier }) => ({ MODEL: { ...model, rescaleCfg: multiplier } }),
});

import { float, node } from "../declare.ts";
import { MASK } from "../kinds.ts";

/** 1 above the value, 0 elsewhere. */
export const ThresholdMask = node({
  name: "ThresholdMask",
  displayName: "Threshold Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["binary mask"],
  inputs: { mask: MASK.link(), value: float({ default: 0.5, min: 0, max: 1, step: 0.01 }) },
  outputs: { MASK: MASK.output },
  execute: ({ mask, value }) => ({ MASK: { ...mask, data: mask.data.map((v) => (v > Math.fround(value) ? 1 : 0)) } }),
});

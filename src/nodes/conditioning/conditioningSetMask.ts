import { combo, float, node } from "../declare.ts";
import { CONDITIONING, MASK } from "../kinds.ts";
import { withScope } from "./withScope.ts";

/** Counts by a mask; with its bounds as area, the model sees the box around it and nothing else. */
export const ConditioningSetMask = node({
  name: "ConditioningSetMask",
  displayName: "Conditioning (Set Mask)",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  searchAliases: ["masked prompt", "regional inpaint conditioning", "mask conditioning"],
  inputs: {
    conditioning: CONDITIONING.link(),
    mask: MASK.link(),
    strength: float({ default: 1, min: 0, max: 10, step: 0.01 }),
    set_cond_area: combo(["default", "mask bounds"]),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, mask, strength, set_cond_area }) => {
    const boundToMask = set_cond_area !== "default";
    return { CONDITIONING: withScope(conditioning, { mask, maskStrength: strength, boundToMask }) };
  },
});

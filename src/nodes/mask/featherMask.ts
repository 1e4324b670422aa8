import { featherMask } from "../../image/featherMask.ts";
import { int, node } from "../declare.ts";
import { MASK } from "../kinds.ts";

/** Fades the mask out towards its edges, so many cells wide at each. */
export const FeatherMask = node({
  name: "FeatherMask",
  displayName: "Feather Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["soft edge mask", "blur mask edges", "gradient mask edge"],
  inputs: {
    mask: MASK.link(),
    left: int({ default: 0, min: 0, max: 16384, step: 1 }),
    top: int({ default: 0, min: 0, max: 16384, step: 1 }),
    right: int({ default: 0, min: 0, max: 16384, step: 1 }),
    bottom: int({ default: 0, min: 0, max: 16384, step: 1 }),
  },
  outputs: { MASK: MASK.output },
  execute: ({ mask, ...margins }) => ({ MASK: featherMask(mask, margins) }),
});

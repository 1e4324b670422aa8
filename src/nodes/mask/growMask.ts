import { growMask } from "../../image/growMask.ts";
import { boolean, int, node } from "../declare.ts";
import { MASK } from "../kinds.ts";

/** Grows (shrinks, below 0) what is bright, cell by cell; tapered: corners last. */
export const GrowMask = node({
  name: "GrowMask",
  displayName: "Grow Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["expand mask", "shrink mask"],
  inputs: {
    mask: MASK.link(),
    expand: int({ default: 0, min: -16384, max: 16384, step: 1 }),
    tapered_corners: boolean({ default: true, advanced: true }),
  },
  outputs: { MASK: MASK.output },
  execute: ({ mask, expand, tapered_corners }) => ({ MASK: growMask(mask, expand, tapered_corners) }),
});

import { combineMasks, MASK_OPERATIONS } from "../../image/combineMasks.ts";
import { combo, int, node } from "../declare.ts";
import { MASK } from "../kinds.ts";

/** A mask over another at a place, by an operation on both values. */
export const MaskComposite = node({
  name: "MaskComposite",
  displayName: "Combine Masks",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["combine masks", "blend masks", "layer masks", "masks composition"],
  inputs: {
    destination: MASK.link(),
    source: MASK.link(),
    x: int({ default: 0, min: 0, max: 16384, step: 1 }),
    y: int({ default: 0, min: 0, max: 16384, step: 1 }),
    operation: combo(Object.keys(MASK_OPERATIONS), { form: "object" }),
  },
  outputs: { MASK: MASK.output },
  execute: ({ destination, source, x, y, operation }) => ({ MASK: combineMasks(destination, source, x, y, operation) }),
});

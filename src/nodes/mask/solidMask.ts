import { float, int, node } from "../declare.ts";
import { MASK } from "../kinds.ts";

/** A mask of one value. */
export const SolidMask = node({
  name: "SolidMask",
  displayName: "Create Solid Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  inputs: {
    value: float({ default: 1, min: 0, max: 1, step: 0.01 }),
    width: int({ default: 512, min: 1, max: 16384, step: 1 }),
    height: int({ default: 512, min: 1, max: 16384, step: 1 }),
  },
  outputs: { MASK: MASK.output },
  execute: ({ value, width, height }) => ({
    MASK: { batch: 1, width, height, data: new Float32Array(width * height).fill(value) },
  }),
});

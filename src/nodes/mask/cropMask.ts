import { gridOfMask, maskOfGrid } from "../../image/grids.ts";
import { cut } from "../../image/window.ts";
import { int, node } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { MASK } from "../kinds.ts";

/** A rectangle of the mask; what would lie outside is left out. */
export const CropMask = node({
  name: "CropMask",
  displayName: "Crop Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["cut mask", "extract mask region", "mask slice"],
  inputs: {
    mask: MASK.link(),
    x: int({ default: 0, min: 0, max: 16384, step: 1 }),
    y: int({ default: 0, min: 0, max: 16384, step: 1 }),
    width: int({ default: 512, min: 1, max: 16384, step: 1 }),
    height: int({ default: 512, min: 1, max: 16384, step: 1 }),
  },
  outputs: { MASK: MASK.output },
  execute: ({ mask, x, y, width, height }) => {
    const part = { x, y, width: Math.min(width, mask.width - x), height: Math.min(height, mask.height - y) };
    if (part.width < 1 || part.height < 1) {
      throw new NodeInputError(`CropMask: (${x}, ${y}) lies outside the mask of ${mask.width} x ${mask.height}`);
    }
    return { MASK: maskOfGrid(cut(gridOfMask(mask), part)) };
  },
});

import { imageOfMask } from "../../image/imageOfMask.ts";
import { node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** Grey in all three channels. */
export const MaskToImage = node({
  name: "MaskToImage",
  displayName: "Convert Mask to Image",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["convert mask"],
  inputs: { mask: MASK.link() },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ mask }) => ({ IMAGE: imageOfMask(mask) }),
});

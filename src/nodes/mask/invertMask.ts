import { node } from "../declare.ts";
import { MASK } from "../kinds.ts";

/** 1 - value. */
export const InvertMask = node({
  name: "InvertMask",
  displayName: "Invert Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["reverse mask", "flip mask"],
  inputs: { mask: MASK.link() },
  outputs: { MASK: MASK.output },
  execute: ({ mask }) => ({ MASK: { ...mask, data: mask.data.map((value) => 1 - value) } }),
});

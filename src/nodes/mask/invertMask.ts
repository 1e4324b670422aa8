import { node } from "../declare.ts";
import { MASK } from "../kinds.ts";

export const InvertMask = node({
  name: "InvertMask",
  displayName: "Invert Mask",
  category: "image/mask",
  inputs: { mask: MASK.link() },
  outputs: { MASK: MASK.output },
  execute: ({ mask }) => ({ MASK: { ...mask, data: mask.data.map((value) => 1 - value) } }),
});

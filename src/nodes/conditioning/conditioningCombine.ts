import { node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** Both count: their predictions are averaged. */
export const ConditioningCombine = node({
  name: "ConditioningCombine",
  displayName: "Conditioning (Combine)",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  searchAliases: ["combine", "merge conditioning", "combine prompts", "merge prompts", "mix prompts", "add prompt"],
  essentialsCategory: "Image Generation",
  inputs: { conditioning_1: CONDITIONING.link(), conditioning_2: CONDITIONING.link() },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning_1, conditioning_2 }) => ({ CONDITIONING: [...conditioning_1, ...conditioning_2] }),
});

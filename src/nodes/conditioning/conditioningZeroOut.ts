import { node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** The same lengths, all zeros: no text at all, which is not the same as an empty one. */
export const ConditioningZeroOut = node({
  name: "ConditioningZeroOut",
  displayName: "Conditioning Zero Out",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  searchAliases: ["null conditioning", "clear conditioning"],
  inputs: { conditioning: CONDITIONING.link() },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning }) => ({
    CONDITIONING: conditioning.map((entry) => ({
      ...entry,
      context: new Float32Array(entry.context.length),
      ...(entry.pooled && { pooled: new Float32Array(entry.pooled.length) }),
    })),
  }),
});

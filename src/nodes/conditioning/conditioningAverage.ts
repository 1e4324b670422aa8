import { float, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";
import { firstEntry } from "./firstEntry.ts";

/** Between two texts, value by value; `conditioning_from` is cut or filled up with zeros to the length of the other. */
export const ConditioningAverage = node({
  name: "ConditioningAverage",
  displayName: "Conditioning (Average)",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  searchAliases: ["blend prompts", "interpolate conditioning", "mix prompts", "style fusion", "weighted blend"],
  inputs: {
    conditioning_to: CONDITIONING.link(),
    conditioning_from: CONDITIONING.link(),
    conditioning_to_strength: float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning_to, conditioning_from, conditioning_to_strength: share }) => {
    const from = firstEntry("ConditioningAverage", conditioning_from, conditioning_to);
    const mix = (a: Float32Array, b: Float32Array) => a.map((value, i) => value * share + (b[i] ?? 0) * (1 - share));
    return {
      CONDITIONING: conditioning_to.map((to) => ({
        ...to,
        context: mix(to.context, from.context),
        ...(to.pooled && { pooled: from.pooled === undefined ? to.pooled : mix(to.pooled, from.pooled) }),
      })),
    };
  },
});

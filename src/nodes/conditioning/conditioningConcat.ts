import { node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";
import { firstEntry } from "./firstEntry.ts";

/** The tokens of the second behind those of the first. */
export const ConditioningConcat = node({
  name: "ConditioningConcat",
  displayName: "Conditioning (Concat)",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  inputs: { conditioning_to: CONDITIONING.link(), conditioning_from: CONDITIONING.link() },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning_to, conditioning_from }) => {
    const from = firstEntry("ConditioningConcat", conditioning_from, conditioning_to);
    return {
      CONDITIONING: conditioning_to.map((to) => {
        const context = new Float32Array(to.context.length + from.context.length);
        context.set(to.context);
        context.set(from.context, to.context.length);
        return { ...to, context, tokens: to.tokens + from.tokens };
      }),
    };
  },
});

import { float, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** The text's values times a factor. */
export const ConditioningMultiply = node({
  name: "ConditioningMultiply",
  category: "model/conditioning/transform",
  inputs: { conditioning: CONDITIONING.link(), multiplier: float({ default: 1, min: -10, max: 10, step: 0.01 }) },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, multiplier }) => {
    const times = (values: Float32Array) => values.map((value) => value * multiplier);
    return {
      CONDITIONING: conditioning.map((entry) => ({
        ...entry,
        context: times(entry.context),
        ...(entry.pooled && { pooled: times(entry.pooled) }),
      })),
    };
  },
});

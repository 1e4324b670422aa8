import { float, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";
import { withScope } from "./withScope.ts";

/** Counts in a part of the run only: 0 is its start, 1 its end. */
export const ConditioningSetTimestepRange = node({
  name: "ConditioningSetTimestepRange",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  inputs: {
    conditioning: CONDITIONING.link(),
    start: float({ default: 0, min: 0, max: 1, step: 0.001 }),
    end: float({ default: 1, min: 0, max: 1, step: 0.001 }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, start, end }) => ({ CONDITIONING: withScope(conditioning, { start, end }) }),
});

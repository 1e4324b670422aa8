import { float, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";
import { withScope } from "./withScope.ts";

const SIDE = { default: 1, min: 0, max: 1, step: 0.01 };
const PLACE = { default: 0, min: 0, max: 1, step: 0.01 };

/** Counts in a rectangle only, in shares of the picture. */
export const ConditioningSetAreaPercentage = node({
  name: "ConditioningSetAreaPercentage",
  displayName: "Conditioning (Set Area with Percentage)",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  inputs: {
    conditioning: CONDITIONING.link(),
    width: float(SIDE),
    height: float(SIDE),
    x: float(PLACE),
    y: float(PLACE),
    strength: float({ default: 1, min: 0, max: 10, step: 0.01 }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, strength, ...area }) => ({
    CONDITIONING: withScope(conditioning, { area: { unit: "shares", ...area }, strength, boundToMask: false }),
  }),
});

import { float, int, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";
import { PIXELS } from "../latent/planes.ts";
import { withScope } from "./withScope.ts";

const SIDE = { default: 64, min: 64, max: 16384, step: 8 };
const PLACE = { default: 0, min: 0, max: 16384, step: 8 };

/** Counts in a rectangle only, in pixels of 8 to a cell. */
export const ConditioningSetArea = node({
  name: "ConditioningSetArea",
  displayName: "Conditioning (Set Area)",
  category: "model/conditioning/transform",
  pythonModule: "nodes",
  searchAliases: ["regional prompt", "area prompt", "spatial conditioning", "localized prompt"],
  inputs: {
    conditioning: CONDITIONING.link(),
    width: int(SIDE),
    height: int(SIDE),
    x: int(PLACE),
    y: int(PLACE),
    strength: float({ default: 1, min: 0, max: 10, step: 0.01 }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, strength, ...pixels }) => {
    const cells = (n: number) => Math.floor(n / PIXELS);
    const { width, height, x, y } = pixels;
    const area = { unit: "cells", width: cells(width), height: cells(height), x: cells(x), y: cells(y) } as const;
    return { CONDITIONING: withScope(conditioning, { area, strength, boundToMask: false }) };
  },
});

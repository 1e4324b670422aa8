import type { Use, WeightId } from "./words.ts";

/** How many holds one acquire of `use` has on each weight: as often as the use names it. */
export function ownHolds(use: Use): Map<WeightId, number> {
  const holds = new Map<WeightId, number>();
  for (const weight of use.weights) holds.set(weight, (holds.get(weight) ?? 0) + 1);
  return holds;
}

import type { Track } from "./schedule.ts";

/** Each use's share of a pass's operations, above 0 and 1 in all; equal ones where the schedule does not tell operations. */
export function computeShares({ uses }: Track): readonly number[] {
  const total = uses.reduce((sum, { flops }) => sum + flops, 0);
  // A stage that computes next to nothing still takes a moment: a launch, a hundredth of an average stage.
  const least = total > 0 ? total / (100 * uses.length) : 1;
  const all = uses.reduce((sum, { flops }) => sum + flops + least, 0);
  return uses.map(({ flops }) => (flops + least) / all);
}

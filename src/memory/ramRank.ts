import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";

/** Announcements after which a weight that none of them named is taken for one that will not come back: several prompts of several models. */
export const STALE = 16;

/**
 * THE decision of what RAM holds when it cannot hold all: the higher the rank, the longer a copy stays, and a weight that is read displaces only
 * copies of a lower one. It orders by expected uses from RAM before the next read: 3, the schedule in force reads it again each pass. Between 1 and 2,
 * its model is known to come, the more often a run uses it the higher (all cost one read; sooner or later buys nothing: a run in between takes the room of what it uses more). 1, nobody knows: what is there stays, and the newest leaves last; a cache that let each newcomer
 * in would lose all of a cycle of models that is a little too long. 0, vram holds it as well. -1, no announcement has named it for long. Source: residency.md, "A recommended algorithm", 3, 4 and 6.
 */
export function ramRank({ run, runs, window, ramPinned }: State, record: WeightRecord): number {
  const { id, nextUse, uses, lastRun, chunk } = record;
  if (run !== null && ramPinned.has(id)) return 3;
  if (chunk !== null && !window.includes(chunk)) return 0;
  if (nextUse < Number.POSITIVE_INFINITY) return 1 + uses / (1 + uses);
  if (runs - lastRun >= STALE) return -1;
  return 1;
}

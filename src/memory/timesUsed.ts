import { multiplicities, type Track } from "./schedule.ts";
import type { WeightId } from "./words.ts";

/** How often a schedule uses each of its weights: a stage that names one twice uses it once. Of a repeat of unknown length: `multiplicities`. */
export function timesUsed(track: Track): ReadonlyMap<WeightId, number> {
  const times = new Map<WeightId, number>();
  const counts = multiplicities(track);
  track.uses.forEach(({ weights }, i) => {
    for (const weight of new Set(weights)) times.set(weight, (times.get(weight) ?? 0) + counts[i]!);
  });
  return times;
}

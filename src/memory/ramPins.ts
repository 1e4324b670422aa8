import { pinOrder } from "./pinOrder.ts";
import type { Track } from "./schedule.ts";
import { timesUsed } from "./timesUsed.ts";
import type { Bytes, WeightId } from "./words.ts";

/**
 * The weights that a schedule wants in RAM: what it does not pin in vram and reads more than once, in the order of pins, as far as there
 * is room. Tiers are exclusive: with M bytes of model, a pass then reads M - R_vram - R_ram from disk, and R_ram lacks less than one weight of
 * `room`. Source: residency.md, "A recommended algorithm", 6.
 */
export function ramPins(
  track: Track,
  pinned: ReadonlySet<WeightId>,
  bytes: (weight: WeightId) => Bytes,
  room: Bytes,
): ReadonlySet<WeightId> {
  const times = timesUsed(track);
  const kept = new Set<WeightId>();
  for (const weight of pinOrder(track, bytes)) {
    if (pinned.has(weight) || times.get(weight)! < 2 || bytes(weight) > room) continue;
    kept.add(weight);
    room -= bytes(weight);
  }
  return kept;
}

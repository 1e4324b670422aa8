import type { MemoryEvent } from "../eventLog.ts";
import type { Bytes, WeightId } from "../words.ts";

/** What happened, in order: the log's events, and `weight`s as their bytes were read from a file. */
export type Happening = MemoryEvent | { readonly kind: "read"; readonly weight: WeightId };

/**
 * Invariant 3, from the log alone: weights that were read twice although copies in RAM (at most `limit` bytes of them) left room for
 * the weight at every moment between the two.
 */
export function needlessReads(happenings: readonly Happening[], limit: Bytes): string[] {
  const found: string[] = [];
  const inRam = new Map<WeightId, Bytes>();
  /** Since the last decision to read a weight: whether it was carried out, and the least room there has been. */
  const since = new Map<WeightId, { read: boolean; room: Bytes }>();
  let used = 0;
  for (const [i, event] of happenings.entries()) {
    if (event.kind === "read") {
      const last = since.get(event.weight);
      if (last) last.read = true;
      continue;
    }
    if (event.kind === "drop" && event.from === "ram") {
      used -= inRam.get(event.weight)!;
      inRam.delete(event.weight);
    }
    if (event.kind === "move" && event.from === "disk") {
      const last = since.get(event.weight);
      if (last?.read && last.room >= event.bytes)
        found.push(`event ${i}: weight ${event.weight} of ${event.bytes} bytes, while ${last.room} and more were free`);
      since.set(event.weight, { read: false, room: Number.POSITIVE_INFINITY });
      if (event.to === "ram") {
        used += event.bytes;
        inRam.set(event.weight, event.bytes);
      }
    }
    for (const [weight, last] of since) last.room = Math.min(last.room, limit - used + (inRam.get(weight) ?? 0));
  }
  return found;
}

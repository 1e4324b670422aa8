import { successions, type Track } from "./schedule.ts";

/** Of each use: the uses that can come right before or after it, itself left out. */
export function neighbours(track: Track): readonly (readonly number[])[] {
  const found: number[][] = track.uses.map(() => []);
  for (const [from, to] of successions(track)) {
    if (from === to) continue;
    found[from]!.push(to);
    found[to]!.push(from);
  }
  return found;
}

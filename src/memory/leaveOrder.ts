import type { PoolChunk } from "./pool.ts";
import { reloadValue } from "./reloadValue.ts";
import type { WeightId } from "./words.ts";

/**
 * THE decision of which weights leave VRAM when the plan alone does not say it: chunks in the order in which they are given up.
 * What is only being read ahead goes first of all. Then those of other models, then those with weights that the schedule uses, then those with pins. Within each: the
 * lowest value per byte (`reloadValue`; 0 where nobody knows); of these, what will be used last; what comes back from RAM before what has to be read; then the least recently used first. Chunks with
 * leased weights are not in the list: they never leave. (What leaves by plan is decided in spreadPins.ts; a streamed weight leaves the
 * window after its use, in moves.ts.)
 */
export function leaveOrder(
  chunks: readonly PoolChunk[],
  scheduled: ReadonlySet<WeightId>,
  pinned: ReadonlySet<WeightId>,
): PoolChunk[] {
  const ranked: {
    readonly chunk: PoolChunk;
    readonly ahead: boolean;
    readonly rank: number;
    readonly value: number;
    readonly nextUse: number;
    readonly cheap: boolean;
    readonly lastUse: number;
  }[] = [];
  for (const chunk of chunks) {
    let rank = 0;
    let nextUse = Number.POSITIVE_INFINITY;
    let inRam = 0;
    let value = 0;
    let lastUse = -1;
    let leased = false;
    let ahead = true;
    for (const record of chunk.residents) {
      leased ||= record.holds > 0;
      ahead &&= record.load?.rank === "idle";
      rank = Math.max(rank, pinned.has(record.id) ? 2 : scheduled.has(record.id) ? 1 : 0);
      value += record.size * reloadValue(record);
      nextUse = Math.min(nextUse, record.nextUse);
      if (record.ram !== null) inRam += record.size;
      lastUse = Math.max(lastUse, record.lastUse);
    }
    const perByte = value / chunk.bytes;
    const cheap = 2 * inRam > chunk.bytes;
    if (!leased) ranked.push({ chunk, ahead, rank, value: perByte, nextUse, cheap, lastUse });
  }
  return ranked
    .sort(
      (a, b) =>
        Number(b.ahead) - Number(a.ahead) ||
        a.rank - b.rank ||
        a.value - b.value ||
        later(a.nextUse, b.nextUse) ||
        Number(b.cheap) - Number(a.cheap) ||
        a.lastUse - b.lastUse,
    )
    .map((entry) => entry.chunk);
}

/** The later first; Infinity is later than all, and equal to itself. */
const later = (a: number, b: number): number => (a === b ? 0 : a > b ? -1 : 1);

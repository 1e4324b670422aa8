import type { PoolChunk } from "./pool.ts";
import type { WeightId } from "./words.ts";

/**
 * THE decision of which weights leave VRAM when the plan alone does not say it: chunks in the order in which they are given up.
 * Those of other models go first, least recently used first; then those with weights that the schedule uses; then those with pins. Chunks with
 * leased weights are not in the list: they never leave. (What leaves by plan is decided in spreadPins.ts; a streamed weight leaves the
 * window after its use, in moves.ts.)
 */
export function leaveOrder(
  chunks: readonly PoolChunk[],
  scheduled: ReadonlySet<WeightId>,
  pinned: ReadonlySet<WeightId>,
): PoolChunk[] {
  const ranked: { readonly chunk: PoolChunk; readonly rank: number; readonly lastUse: number }[] = [];
  for (const chunk of chunks) {
    let rank = 0;
    let lastUse = -1;
    let leased = false;
    for (const record of chunk.residents) {
      leased ||= record.holds > 0;
      rank = Math.max(rank, pinned.has(record.id) ? 2 : scheduled.has(record.id) ? 1 : 0);
      lastUse = Math.max(lastUse, record.lastUse);
    }
    if (!leased) ranked.push({ chunk, rank, lastUse });
  }
  return ranked.sort((a, b) => a.rank - b.rank || a.lastUse - b.lastUse).map((entry) => entry.chunk);
}

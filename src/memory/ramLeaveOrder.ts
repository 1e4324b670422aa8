import type { RamCopy } from "./ramCopy.ts";
import type { Bytes } from "./words.ts";

/**
 * Which copies leave RAM so that `need` bytes more are free: those of the lowest rank first, and of these the ones touched longest ago.
 * None of rank `below` or higher; null when the others are not enough. No copy is among them without which there would be room as well.
 */
export function ramLeaveOrder(copies: Iterable<RamCopy>, need: Bytes, below: number): RamCopy[] | null {
  const ranked: { readonly copy: RamCopy; readonly rank: number }[] = [];
  for (const copy of copies) {
    const rank = copy.tenant.rank(copy.record);
    if (rank < below) ranked.push({ copy, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank || a.copy.touched - b.copy.touched);
  let given = 0;
  let count = 0;
  while (given < need && count < ranked.length) given += ranked[count++]!.copy.bytes;
  if (given < need) return null;
  const leaving = ranked.slice(0, count).map(({ copy }) => copy);
  // The last ones may have given so much that earlier, smaller ones need not go.
  for (let i = leaving.length - 1; i >= 0; i--) {
    if (given - leaving[i]!.bytes < need) continue;
    given -= leaving[i]!.bytes;
    leaving.splice(i, 1);
  }
  return leaving;
}

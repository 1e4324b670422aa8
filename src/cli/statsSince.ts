import type { Counters } from "../memory/eventLog.ts";
import type { RunStats } from "../runtime/runtime.ts";

/** What happened between two readings of one engine's statistics: its counters run on from job to job. */
export function statsSince(before: RunStats | undefined, after: RunStats): RunStats {
  if (!before) return after;
  const others = after.others?.map((other, i) => statsSince(before.others?.[i], other));
  return {
    ...after,
    counters: countersSince(before.counters, after.counters),
    passes: after.passes.slice(before.passes.length),
    ...(others && { others }),
  };
}

function countersSince(before: Counters, after: Counters): Counters {
  const byReason = (now: Readonly<Record<string, number>>, then: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      Object.entries(now)
        .map(([reason, bytes]) => [reason, bytes - (then[reason] ?? 0)] as const)
        .filter(([, bytes]) => bytes > 0),
    );
  return {
    moves: after.moves - before.moves,
    movedBytes: after.movedBytes - before.movedBytes,
    movedBytesByReason: byReason(after.movedBytesByReason, before.movedBytesByReason),
    readBytes: after.readBytes - before.readBytes,
    ramBytes: after.ramBytes - before.ramBytes,
    ramDroppedBytes: after.ramDroppedBytes - before.ramDroppedBytes,
    drops: after.drops - before.drops,
    droppedBytes: after.droppedBytes - before.droppedBytes,
    droppedBytesByReason: byReason(after.droppedBytesByReason, before.droppedBytesByReason),
    acquires: after.acquires - before.acquires,
    hits: after.hits - before.hits,
    faults: after.faults - before.faults,
  };
}

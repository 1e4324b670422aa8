import type { EventLog, MemoryEvent } from "./eventLog.ts";
import type { Bytes, Reason, WeightId } from "./words.ts";

/** An empty log that keeps the newest `ringSize` events (0: counters only). */
export function createEventLog(ringSize: number): EventLog {
  const ring: MemoryEvent[] = [];
  const listeners = new Set<(event: MemoryEvent) => void>();
  const moved: Partial<Record<Reason, Bytes>> = {};
  const dropped: Partial<Record<Reason, Bytes>> = {};
  const count = {
    moves: 0,
    movedBytes: 0,
    readBytes: 0,
    ramBytes: 0,
    ramDroppedBytes: 0,
    drops: 0,
    droppedBytes: 0,
    acquires: 0,
    hits: 0,
    faults: 0,
  };
  const tally = (event: Extract<MemoryEvent, { kind: "move" | "undone" }>, sign: 1 | -1) => {
    const { from, to, bytes, reason, through } = event;
    if (from === "disk") count.readBytes += sign * bytes;
    if (from === "ram" && !through) count.ramBytes += sign * bytes;
    if (to !== "vram") return;
    count.moves += sign;
    count.movedBytes += sign * bytes;
    moved[reason] = (moved[reason] ?? 0) + sign * bytes;
  };
  /** What each weight last left device memory for: a move that is undone had left, too, and that is taken back with it. */
  const left = new Map<WeightId, Reason>();
  const drop = (bytes: Bytes, reason: Reason, sign: 1 | -1) => {
    count.drops += sign;
    count.droppedBytes += sign * bytes;
    dropped[reason] = (dropped[reason] ?? 0) + sign * bytes;
  };
  /** Where the next event goes, once the ring is full: the oldest one's place. */
  let next = 0;

  return {
    add(event) {
      switch (event.kind) {
        case "move":
          tally(event, 1);
          break;
        case "undone":
          tally(event, -1);
          if (event.to === "vram" && left.has(event.weight)) drop(event.bytes, left.get(event.weight)!, -1);
          break;
        case "read":
          count.readBytes += event.bytes;
          break;
        case "drop":
          if (event.from === "ram") {
            count.ramDroppedBytes += event.bytes;
            break;
          }
          left.set(event.weight, event.reason);
          drop(event.bytes, event.reason, 1);
          break;
        case "acquire":
          count.acquires++;
          if (event.hit) count.hits++;
          break;
        case "fault":
          count.faults++;
          break;
      }
      if (ring.length < ringSize) ring.push(event);
      else if (ringSize > 0) {
        ring[next] = event;
        next = (next + 1) % ringSize;
      }
      for (const see of listeners) see(event);
    },
    hit() {
      count.acquires++;
      count.hits++;
    },
    recent: () => [...ring.slice(next), ...ring.slice(0, next)],
    listen(see) {
      // A wrapper of its own, so that the same function can listen twice and stop once.
      const own = (event: MemoryEvent) => see(event);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    counters: () => ({ ...count, movedBytesByReason: { ...moved }, droppedBytesByReason: { ...dropped } }),
  };
}

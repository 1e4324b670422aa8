import type { MemoryEvent } from "../memory/eventLog.ts";
import type { Bytes, Use, WeightId } from "../memory/words.ts";

/** One weight coming into VRAM during a run. Steps count the run's uses from 0. */
export interface Move {
  readonly weight: WeightId;
  readonly bytes: Bytes;
  /** The copy may begin when the use before this one has been computed: its place is free from then on. */
  readonly from: number;
  /** The use that cannot begin without it. */
  readonly needed: number;
  /** It will leave again after its use: the plan does not keep it. */
  readonly streams: boolean;
}

/** A run's moves: into VRAM from wherever, and of weights read from their files. */
export interface RunMoves {
  readonly moves: readonly Move[];
  readonly reads: readonly Move[];
}

/** A run's moves out of its events. `start`: acquires before the run. What no use comes for is needed by none: `uses.length`. */
export function movesOf(events: readonly MemoryEvent[], uses: readonly Use[], start: number): RunMoves {
  const places = new Map<WeightId, number[]>();
  uses.forEach(({ weights }, step) => {
    for (const weight of new Set(weights)) {
      const list = places.get(weight);
      if (list) list.push(step);
      else places.set(weight, [step]);
    }
  });
  const moves: Move[] = [];
  const reads: Move[] = [];
  for (const event of events) {
    if (event.kind !== "move") continue;
    const { weight, bytes, reason } = event;
    // Acquires count from 1; what an announcement brings has the count before them.
    const from = Math.max(0, event.at - start - 1);
    const needed = places.get(weight)?.find((step) => step >= from) ?? uses.length;
    const move = { weight, bytes, from, needed, streams: reason === "stream" };
    if (event.to === "vram") moves.push(move);
    if (event.from === "disk") reads.push(move);
  }
  return { moves, reads };
}

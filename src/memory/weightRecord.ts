import type { Place } from "./deviceMemory.ts";
import type { Load } from "./loader.ts";
import type { PoolChunk } from "./pool.ts";
import type { RamCopy } from "./ramCopy.ts";
import type { Bytes, Fence, ModelId, WeightId } from "./words.ts";

/**
 * What the residency knows about one weight. `absent`: no place. `placed`: a place kept for it, no bytes on their way. `loading`:
 * bytes on their way. `resident`: all there.
 */
export interface WeightRecord {
  readonly id: WeightId;
  readonly model: ModelId;
  readonly name: string;
  /** Bytes moved when it is loaded. */
  readonly bytes: Bytes;
  /** Bytes its place takes: `bytes` rounded up to the device's alignment. */
  readonly size: Bytes;
  state: "absent" | "placed" | "loading" | "resident";
  place: Place | null;
  chunk: PoolChunk | null;
  load: Load | null;
  /** Its copy in RAM, there or on its way. */
  ram: RamCopy | null;
  /** Leases, and acquires that wait, which name it. It does not leave while there are any. */
  holds: number;
  /** How many models are to be used before its own is, as `announceNext` said; Infinity: nobody knows. */
  nextUse: number;
  /** How often one run uses it, as it was last announced; 1: it has not run. */
  uses: number;
  /** The last announcement that named it, counted from 1; 0: none yet. */
  lastRun: number;
  /** Logical time of the last acquire that named it. */
  lastUse: number;
  /** The last step of the schedule, as far as loads have looked ahead, that needs it. */
  neededUntil: number;
  /** Acquired since it was loaded. */
  used: boolean;
  /** The last reader's fence, and further ones that were not reached when it came. */
  fence: Fence | null;
  fences: Fence[] | null;
}

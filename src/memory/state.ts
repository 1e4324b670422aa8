import type { Cursor } from "./cursor.ts";
import type { DeviceMemory } from "./deviceMemory.ts";
import type { EventLog } from "./eventLog.ts";
import type { PooledLease } from "./lease.ts";
import type { Ledger } from "./ledger.ts";
import type { Loader } from "./loader.ts";
import type { Lock } from "./lock.ts";
import type { Plan, Policy } from "./policy.ts";
import type { Pool, PoolChunk } from "./pool.ts";
import type { RamTenant } from "./ramTenant.ts";
import type { RamTier } from "./ramTier.ts";
import type { Budget } from "./residency.ts";
import type { Track } from "./schedule.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, ModelId, Reason, Schedule, WeightId } from "./words.ts";

/** Everything one residency knows. The functions of this room change it; `checkInvariants` says what must hold between them. */
export interface State {
  readonly memory: DeviceMemory;
  readonly ledger: Ledger;
  readonly events: EventLog;
  readonly policy: Policy;
  readonly pool: Pool;
  readonly loader: Loader;
  /** One of no bytes where the device's memory is the machine's own. */
  readonly ram: RamTier;
  /** What the tier knows this residency by. */
  readonly tenant: RamTenant;
  /** Loads in flight at once. */
  readonly concurrency: number;
  /** What waits for fences or makes chunks, one at a time. The fast path does not take it. */
  readonly lock: Lock;
  /** Lease objects that are not out. */
  readonly idle: PooledLease[];
  /** Called, once, when weights are let go of. */
  readonly releases: Set<() => void>;
  /** By id; null once the model is closed. */
  readonly table: (WeightRecord | null)[];
  budget: Budget;
  /** How each model was last announced. */
  readonly tracks: Map<ModelId, { readonly schedule: Schedule; readonly track: Track }>;
  /** What is read ahead where nothing else wants the room, first things first (readAhead.ts). */
  wanted: readonly ModelId[];
  /** `announceNext` said which models come next. */
  nextKnown: boolean;
  /** Announcements so far. */
  runs: number;
  /** Logical time: acquires so far. */
  now: number;
  /** The announcement in force, or null between them. What was planned for the last one stays in place. */
  run: RunState | null;
  /** The last plan. Its pins may have left since, when nothing is announced. */
  plan: Plan | null;
  scheduled: ReadonlySet<WeightId>;
  /** What the schedule in force wants in RAM (ramPins.ts). */
  ramPinned: ReadonlySet<WeightId>;
  /** The chunks that streamed weights pass through, as a ring, and where the next one goes. */
  window: readonly PoolChunk[];
  head: { chunk: number; offset: Bytes };
  /** What the device has for all of it by its own count, at most `budget.vram`; Infinity: nobody said. */
  available: Bytes;
  /** Of weights, the least that what is asked for needs, where the device is said to have less. */
  floor: Bytes;
  /** Bytes that weights may take although the budget says more: the device refused memory. Until the next announcement. */
  faultLimit: Bytes;
  /** Why the next stage boundary has to plan anew, or null. */
  replan: Reason | null;
}

export interface RunState {
  readonly schedule: Schedule;
  /** Bytes beside weights that this run may charge: what was charged when it was announced, and what it said it needs. */
  readonly besideBytes: Bytes;
  /** Where acquires are. */
  readonly cursor: Cursor;
  /** Where loads are. */
  readonly ahead: Cursor;
  /** The next weight of `ahead.use` to look at. */
  aheadWeight: number;
  /** Something that `ahead` has passed may be missing again: it starts over from `cursor`. */
  rescan: boolean;
  /** All pins are loaded or on their way and nothing streams: boundaries have nothing to do. */
  complete: boolean;
}

/** Bytes that weights may take now. Negative when the run's other needs alone pass the ceiling. */
export function weightLimit(state: State): Bytes {
  const { ledger, run, available, floor } = state;
  const beside = Math.max(ledger.used - ledger.usedBy("weights"), run?.besideBytes ?? 0);
  return Math.min(hardLimit(state), Math.max(available - beside, floor));
}

/** The same, whatever the device is said to have left. */
export function hardLimit(state: State): Bytes {
  const { ledger, run, budget, faultLimit } = state;
  const beside = ledger.used - ledger.usedBy("weights");
  return Math.min(budget.weights, ledger.ceiling - Math.max(beside, run?.besideBytes ?? 0), faultLimit);
}

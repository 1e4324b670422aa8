import type { Place } from "./deviceMemory.ts";
import type { EventLog } from "./eventLog.ts";
import type { ThrashWatch } from "./thrashWatch.ts";
import type { Bytes, DeviceId, Fence, ModelId, Result, Schedule, Use, WeightId, WeightSpec } from "./words.ts";

/**
 * The residency of one device: which weights are in its memory, and why. Leases are all or nothing: a use's weights are all
 * resident and stay put until the lease's fence is reached. Weights are read-only: leaving a tier is a drop, never a copy.
 *
 * It is not a cache with a replacement policy: schedules are announced, a policy turns them into a script of moves at logical times,
 * and a stepper carries the script out. An acquire that nobody announced, a skip, or an early end is legal and replans.
 */
export interface Residency {
  readonly device: DeviceId;
  readonly events: EventLog;

  /** Makes a model's weights known. Nothing is read or allocated. Returns their ids in the order given. */
  register(model: ModelId, weights: readonly WeightSpec[]): readonly WeightId[];
  /** Drops a model's weights and forgets them. Waits for their leases. */
  close(model: ModelId): Promise<void>;

  /**
   * Says what will be used, before it is. The plan made here is in force until the announcement ends or another one begins.
   * `reserved` is what the run will charge to the ledger beside weights, on top of what is charged when this is called (a reserve, buffers
   * kept from the last run): weights make way for it first, and when this resolves it can be charged.
   * Too small a budget is a returned value that names the largest stage and both numbers.
   */
  announce(schedule: Schedule, reserved: Bytes): Promise<Result<Announcement, DoesNotFit>>;

  /**
   * Says which models will be used next, in order, as far as that is known: others leave before them; of them what is worth least (`reloadValue`), of
   * equals those that come last. In force until the next call; an empty list: nothing is known.
   */
  announceNext(models: readonly ModelId[]): void;

  /**
   * Reads what these models will need, the first one's first, into room that is free: device memory, then RAM. Displaces nothing, is last in every lane,
   * steps aside at once when anything else is to be read, and leaves first when anything else needs the room. In force until the next call; an
   * empty list calls off what has not begun, but for the model that runs. Resolves when it is decided what will be read; nothing waits for the reads.
   */
  readAhead(models: readonly ModelId[]): Promise<void>;

  /** A lease at once when all is resident (no promise, nothing allocated), else a promise. Rejects with a typed error only. */
  acquire(use: Use): Lease | Promise<Lease>;
  /** Gives a lease back. Its weights may leave once `after` is reached (at once without it). */
  release(lease: Lease, after?: Fence): void;

  /** Changes what weights may take, in bytes. A smaller budget takes effect at the next stage boundary. */
  setBudget(budget: Budget): Promise<void>;
  /**
   * What the device has for us by its own count, everything that we hold included, beside what is to be left to others. Weights make way for less at the
   * next stage boundary and come back with more, never above the budget. No job ends for it: what a stage needs at once stays allowed.
   */
  followDevice(available: Bytes): Promise<void>;
  /** Drops what is not leased, least recently used first, until `bytes` are back (all without `bytes`). Returns the bytes given back. */
  trim(bytes?: Bytes): Promise<Bytes>;

  /** Watches the announcement in force for weights that go in and out again; the caller says when a pass is over, and stops it. */
  watchThrash(): ThrashWatch;

  stats(): ResidencyStats;
}

export interface Announcement {
  /** The schedule is over, early or not. What is resident stays until something needs its room. */
  end(): void;
}

export interface Lease {
  readonly use: Use;
  /** Where a weight of this use lies. Valid until the lease is released. */
  place(weight: WeightId): Place;
}

export interface Budget {
  /** `--vram`: the ceiling on everything. */
  readonly vram: Bytes;
  /** `--vram-weights`: a ceiling on weights alone. */
  readonly weights: Bytes;
}

/** Why a schedule cannot run, with the numbers a message needs. */
export interface DoesNotFit {
  readonly stage: string;
  /** Bytes of weights that must be resident at once. */
  readonly weightBytes: Bytes;
  /** Bytes needed beside weights. */
  readonly reservedBytes: Bytes;
  readonly budget: Budget;
  /** Which of the two ceilings is too low. */
  readonly limit: "vram" | "weights";
  /** The smallest value of that ceiling with which this schedule runs. */
  readonly needed: Bytes;
}

export interface ResidencyStats {
  readonly residentBytes: Bytes;
  /** Bytes of chunks held, holes included. */
  readonly chunkBytes: Bytes;
  readonly pinnedBytes: Bytes;
  readonly windowBytes: Bytes;
  /** Bytes that weights might take under the plan in force. */
  readonly weightBudget: Bytes;
  /** Bytes of weights of the schedule in force. */
  readonly modelBytes: Bytes;
  readonly resident: readonly WeightId[];
  /** Copies of this device's weights in RAM, those on their way included: what is cached for reload. */
  readonly ramBytes: Bytes;
  readonly inRam: readonly WeightId[];
}

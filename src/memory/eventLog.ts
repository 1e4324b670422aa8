import type { Thrash } from "./thrashWatch.ts";
import type { Bytes, DeviceId, Reason, Tier, WeightId } from "./words.ts";

/** One thing that happened to memory. `at` is logical time: the number of acquires so far. No clock in here: who shows adds one. */
export type MemoryEvent =
  | {
      readonly kind: "move";
      readonly at: number;
      readonly device: DeviceId;
      readonly weight: WeightId;
      readonly bytes: Bytes;
      readonly from: Tier;
      readonly to: Tier;
      readonly reason: Reason;
      /** From RAM, and the copy there is read for this very move. */
      readonly through?: boolean;
    }
  /** A move that is in the log and never began: it was called off before a byte moved. The counters take it back. */
  | {
      readonly kind: "undone";
      readonly at: number;
      readonly device: DeviceId;
      readonly weight: WeightId;
      readonly bytes: Bytes;
      readonly from: Tier;
      readonly to: Tier;
      readonly reason: Reason;
      readonly through?: boolean;
    }
  /** Bytes of other weights that were read from files to make this one (the lengths that DoRA needs of a matrix), and are kept nowhere. */
  | {
      readonly kind: "read";
      readonly at: number;
      readonly device: DeviceId;
      readonly weight: WeightId;
      readonly bytes: Bytes;
      readonly reason: Reason;
    }
  | {
      readonly kind: "drop";
      readonly at: number;
      readonly device: DeviceId;
      readonly weight: WeightId;
      readonly bytes: Bytes;
      readonly from: Tier;
      readonly reason: Reason;
    }
  | {
      readonly kind: "plan";
      readonly at: number;
      readonly device: DeviceId;
      readonly policy: string;
      readonly model: Bytes;
      readonly budget: Bytes;
      readonly pinned: Bytes;
      readonly window: Bytes;
      /** Bytes of weights beside the pins that are to stay in RAM. */
      readonly ram: Bytes;
    }
  | {
      readonly kind: "budget";
      readonly at: number;
      readonly device: DeviceId;
      readonly vram: Bytes;
      readonly weights: Bytes;
      /** Where it is RAM's budget that has changed. */
      readonly ram?: Bytes;
      /** Where it is what other programs leave of the device that has changed: less, or more. `vram` is what it comes to. */
      readonly reason?: "pressure" | "recovery";
      /** And what they leave of it, which may be more than the budget. */
      readonly available?: Bytes;
    }
  | {
      readonly kind: "chunk";
      readonly at: number;
      readonly device: DeviceId;
      readonly bytes: Bytes;
      readonly change: "allocate" | "free" | "refused";
    }
  | {
      readonly kind: "fault";
      readonly at: number;
      readonly device: DeviceId;
      readonly what: "allocate" | "read" | "upload";
      readonly message: string;
    }
  /** Weights go in and out although the plan would have kept them: told once a run (thrashWatch.ts). */
  | ({ readonly kind: "thrash"; readonly at: number; readonly device: DeviceId } & Thrash)
  | {
      readonly kind: "acquire";
      readonly at: number;
      readonly device: DeviceId;
      readonly stage: string;
      /** Always false: an acquire that had to wait. Hits are only counted (`EventLog.hit`). */
      readonly hit: boolean;
    };

/**
 * The event log: a bounded ring plus counters that never forget. Everything that is shown about memory, a run line, `--stats`,
 * `--verbose`, is read from here and from nowhere else.
 */
export interface EventLog {
  add(event: MemoryEvent): void;
  /** Counts an acquire that found all resident. Not an event: the fast path allocates nothing. */
  hit(): void;
  /** The newest events, oldest first, at most the ring's size. */
  recent(): readonly MemoryEvent[];
  /** Sees each event as it happens; returns the way to stop. */
  listen(see: (event: MemoryEvent) => void): () => void;
  counters(): Counters;
}

export interface Counters {
  /** Moves into device memory, from wherever, less those that were called off before they began. */
  readonly moves: number;
  readonly movedBytes: Bytes;
  readonly movedBytesByReason: Readonly<Partial<Record<Reason, Bytes>>>;
  /** Bytes read from files: into device memory, into RAM to go on from there, or to make a weight of them. */
  readonly readBytes: Bytes;
  /** Bytes moved into device memory from copies in RAM that were there before, or on their way. */
  readonly ramBytes: Bytes;
  /** Bytes of copies that have left RAM. */
  readonly ramDroppedBytes: Bytes;
  /** Drops from device memory, less those of moves that were called off before they began: what moved less what dropped is what is there. */
  readonly drops: number;
  readonly droppedBytes: Bytes;
  readonly droppedBytesByReason: Readonly<Partial<Record<Reason, Bytes>>>;
  readonly acquires: number;
  readonly hits: number;
  readonly faults: number;
}

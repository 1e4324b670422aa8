import type { Bytes, Reason, Schedule, WeightId } from "./words.ts";

/** What a policy may look at: sizes and what is resident now, never a clock or a measurement. Order is part of the input. */
export interface PolicyState {
  /** Resident bytes of a weight, rounded up to the device's alignment. */
  bytes(weight: WeightId): Bytes;
  /** Weights resident or on their way, least recently used first. */
  readonly resident: readonly WeightId[];
  /** Bytes that weights may take now: ceiling less activations, carried tensors, staging and reserve. */
  readonly budget: Bytes;
  readonly maxChunkBytes: Bytes;
}

/** One move of the script, carried out at logical time `step` (before the acquire of that step of the schedule). */
export type Move =
  | { readonly kind: "drop"; readonly weight: WeightId; readonly reason: Reason }
  | { readonly kind: "load"; readonly weight: WeightId; readonly reason: Reason };

/**
 * Which weights stay, which stream, and through how large a window; and the moves that make it so, step by step. `first` holds the
 * moves of the first pass, `steady` those of every later one (as long as a pass has steps). Plain data: the planner prints it, the
 * stepper carries it out.
 */
export interface Plan {
  readonly policy: string;
  /** Bytes of the distinct weights that the schedule uses. */
  readonly modelBytes: Bytes;
  readonly pinned: ReadonlySet<WeightId>;
  readonly pinnedBytes: Bytes;
  /** Bytes kept for weights that stream; 0 when everything is pinned. */
  readonly windowBytes: Bytes;
  readonly first: readonly (readonly Move[])[];
  readonly steady: readonly (readonly Move[])[];
}

/** The least that would do, and who asks for it. */
export interface TooSmall {
  readonly stage: string;
  /** Bytes of weights that must be resident at once for the largest stage. */
  readonly needed: Bytes;
  readonly budget: Bytes;
}

/** A pure function from state and schedule to a plan. Called on announcement, miss, budget change and fault; never on a hit. */
export interface Policy {
  readonly name: string;
  plan(
    state: PolicyState,
    schedule: Schedule,
  ): { readonly ok: true; readonly value: Plan } | { readonly ok: false; readonly error: TooSmall };
}

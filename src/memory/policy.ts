import type { WindowPlace } from "./windowPlaces.ts";
import type { Bytes, Schedule, WeightId } from "./words.ts";

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

/**
 * Which weights stay, which stream, and through how large a window. Plain data: the planner prints it, the stepper (prefetch.ts)
 * turns it into moves at logical times. All bytes are aligned sizes, as `PolicyState.bytes` gives them.
 */
export interface Plan {
  readonly policy: string;
  /** Bytes of the distinct weights that the schedule uses. */
  readonly modelBytes: Bytes;
  readonly pinned: ReadonlySet<WeightId>;
  readonly pinnedBytes: Bytes;
  /** Bytes kept for weights that stream: the sum of `windowChunks`; 0 when everything is pinned. */
  readonly windowBytes: Bytes;
  /** The chunks that make the window: one, unless the device cannot make one so large. */
  readonly windowChunks: readonly Bytes[];
  /** Where each weight that streams goes. Without it, or for others: the next place of the window as a ring. */
  readonly places?: ReadonlyMap<WeightId, WindowPlace>;
  /** All that a stage streams can be loaded under stages before it. Else some of it waits for the stage's own start (all, without `places`). */
  readonly ahead: boolean;
  /** Everything is loaded before the announcement resolves. */
  readonly eager: boolean;
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

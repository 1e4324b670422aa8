import { PooledLease } from "./lease.ts";
import type { Lease } from "./residency.ts";
import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Fence, Use } from "./words.ts";

/** `Residency.release`. Allocates nothing but for a second fence on the same weight. */
export function release(state: State, lease: Lease, after?: Fence): void {
  if (!(lease instanceof PooledLease) || lease.current === null) {
    throw new Error("invariant: a lease is released that is not out");
  }
  const { weights } = lease.current;
  lease.current = null;
  state.idle.push(lease);
  const { table } = state;
  for (let i = 0; i < weights.length; i++) {
    const record = table[weights[i]!]!;
    if (record.holds === 0) throw new Error(`invariant: ${record.name} is released without a lease`);
    record.holds--;
    if (after !== undefined && !after.done && record.fence !== after) addFence(record, after);
  }
  if (state.releases.size > 0) wake(state);
}

/** An acquire gives up: its holds go, and nothing was read under them. */
export function unhold(state: State, use: Use): void {
  for (const weight of use.weights) state.table[weight]!.holds--;
  if (state.releases.size > 0) wake(state);
}

function wake({ releases }: State): void {
  for (const go of releases) go();
  releases.clear();
}

function addFence(record: WeightRecord, fence: Fence): void {
  if (record.fence === null || record.fence.done) record.fence = fence;
  else record.fences = [...(record.fences ?? []).filter((other) => !other.done), fence];
}

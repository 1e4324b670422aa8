import type { PolicyState } from "./policy.ts";
import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes } from "./words.ts";

/** What a policy sees of the books when weights may take `budget` bytes. */
export function policyState(state: State, budget: Bytes): PolicyState {
  const resident = state.table.filter((r): r is WeightRecord => r !== null && r.place !== null);
  return {
    bytes: (weight) => state.table[weight]!.size,
    resident: resident.sort((a, b) => a.lastUse - b.lastUse).map((record) => record.id),
    budget,
    maxChunkBytes: state.memory.maxChunkBytes,
  };
}

import type { ResidencyStats } from "./residency.ts";
import { type State, weightLimit } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";

/** `Residency.stats`: one look at the books. */
export function residencyStats(state: State): ResidencyStats {
  const { table, pool, plan, run } = state;
  const resident = table.filter((r): r is WeightRecord => r?.state === "resident");
  const inRam = table.filter((r): r is WeightRecord => r !== null && r.ram !== null);
  return {
    ramBytes: inRam.reduce((sum, record) => sum + record.bytes, 0),
    inRam: inRam.map((record) => record.id),
    residentBytes: resident.reduce((sum, record) => sum + record.size, 0),
    chunkBytes: pool.bytes,
    pinnedBytes: run === null ? 0 : (plan?.pinnedBytes ?? 0),
    windowBytes: run === null ? 0 : (plan?.windowBytes ?? 0),
    modelBytes: run === null ? 0 : (plan?.modelBytes ?? 0),
    weightBudget: Math.max(0, weightLimit(state)),
    resident: resident.sort((a, b) => a.lastUse - b.lastUse).map((record) => record.id),
  };
}

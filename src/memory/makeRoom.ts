import { BudgetTooSmall, OutOfDeviceMemory, RoomIsLeased } from "./errors.ts";
import { leaveOrder } from "./leaveOrder.ts";
import { dropChunk, evict } from "./moves.ts";
import { ownHolds } from "./ownHolds.ts";
import { gaps, type PoolChunk } from "./pool.ts";
import { hardLimit, type State, weightLimit } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, Use, WeightId } from "./words.ts";

/**
 * The path of last resort: places for weights that somebody waits for and that no plan made room for. Gaps first, then new chunks, for
 * which others leave (`leaveOrder`; the window last). Waits for fences, never for leases: what only leases stand in the way of is
 * `RoomIsLeased`. A refusal by the device lowers the limit and is met by giving up more, until nothing is left: `OutOfDeviceMemory`.
 */
export async function makeRoom(state: State, use: Use): Promise<void> {
  const { pool, memory, events } = state;
  const own = ownHolds(use);
  let total = 0;
  for (const weight of own.keys()) total += state.table[weight]!.size;
  for (;;) {
    const limit = weightLimit(state);
    if (total > limit && total <= hardLimit(state)) {
      state.floor = total;
      continue;
    }
    if (total > limit) throw refusal(state, use.stage, total, limit);
    const missing = placeInGaps(state, own.keys());
    if (missing.length === 0) return;
    const need = missing.reduce((sum, record) => sum + record.size, 0);
    const bytes = chunkFor(missing, memory.maxChunkBytes);
    if (pool.bytes + need <= limit) {
      if (pool.grow(bytes) !== null) continue;
      state.faultLimit = Math.min(state.faultLimit, pool.bytes + need - 1);
      const message = `${memory.device} refused ${bytes} bytes while weights had ${pool.bytes}`;
      events.add({ kind: "fault", at: state.now, device: memory.device, what: "allocate", message });
      if (state.run !== null) state.replan = "fault";
    }
    if (pool.isShrinking) {
      await pool.shrunk();
      continue;
    }
    const victim = nextToLeave(state, own);
    if (victim === undefined) throw refusal(state, use.stage, need, limit);
    if (state.run !== null) state.replan ??= "room";
    for (const record of [...victim.residents]) evict(state, record, "room");
    dropChunk(state, victim, () => "room");
  }
}

/** As many of them, largest first, as one chunk can take, to the byte. */
function chunkFor(missing: readonly WeightRecord[], maxChunkBytes: Bytes): Bytes {
  let bytes = 0;
  for (const { size } of missing) if (bytes + size <= maxChunkBytes) bytes += size;
  return bytes;
}

/** Chunks that no lease holds, the window's last; then those that only this acquire holds, whose weights are then placed anew. */
function nextToLeave(state: State, own: ReadonlyMap<WeightId, number>): PoolChunk | undefined {
  const { pool, run, plan, window } = state;
  const nothing: ReadonlySet<WeightId> = new Set();
  const scheduled = run === null ? nothing : state.scheduled;
  const pinned = run === null || plan === null ? nothing : plan.pinned;
  const ordinary = pool.chunks.filter((chunk) => !window.includes(chunk));
  return (
    leaveOrder(ordinary, scheduled, pinned)[0] ??
    leaveOrder(window, scheduled, pinned)[0] ??
    pool.chunks.find(({ residents }) => residents.every((record) => record.holds === (own.get(record.id) ?? 0)))
  );
}

/** Largest first, each into the first gap outside the window. Returns those that found none, largest first. */
function placeInGaps(state: State, weights: Iterable<WeightId>): WeightRecord[] {
  const missing = [...weights]
    .map((weight) => state.table[weight]!)
    .filter((record) => record.state === "absent")
    .sort((a, b) => b.size - a.size);
  return missing.filter((record) => {
    for (const chunk of state.pool.chunks) {
      const gap = gaps(chunk, () => true).find(({ bytes }) => bytes >= record.size);
      if (gap === undefined) continue;
      state.pool.put(record, chunk, gap.offset);
      return false;
    }
    return true;
  });
}

function refusal(state: State, stage: string, need: Bytes, limit: Bytes): Error {
  if (state.faultLimit < Number.POSITIVE_INFINITY) {
    const allowed = weightLimit({ ...state, faultLimit: Number.POSITIVE_INFINITY });
    return new OutOfDeviceMemory(state.memory.device, stage, need, state.pool.bytes, allowed);
  }
  if (need > limit) return new BudgetTooSmall(stage, need, limit);
  let leased = 0;
  for (const record of state.table)
    if (record !== null && record.place !== null && record.holds > 0) leased += record.size;
  return new RoomIsLeased(stage, need, limit, leased);
}

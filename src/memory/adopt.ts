import { arrange } from "./arrange.ts";
import { drop, dropChunk } from "./moves.ts";
import { planRam } from "./planRam.ts";
import type { TooSmall } from "./policy.ts";
import { policyState } from "./policyState.ts";
import type { PoolChunk } from "./pool.ts";
import { spare } from "./sparing.ts";
import { hardLimit, type State, weightLimit } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import { type Bytes, fail, ok, type Reason, type Result, type WeightId } from "./words.ts";

const NOTHING: ReadonlySet<WeightId> = new Set();

/** `leased`: leases hold chunks that would have to go, so many bytes too many. `refused`: by the device, at that limit. */
export type CannotAdopt =
  | { readonly kind: "too-small"; readonly error: TooSmall }
  | { readonly kind: "refused"; readonly error: TooSmall }
  | { readonly kind: "leased"; readonly short: Bytes };

/**
 * Plans for the announcement in force and makes the pool so: what has to leave leaves, chunks are freed (after their readers' fences) and
 * made, and every pin has its place. No weight is read here. A chunk that the device refuses lowers the limit by its size, and the plan
 * is made anew: a smaller one, whose pins are among those of the last. `why` is the reason that the schedule's own weights leave for.
 * One call at a time.
 */
export async function adopt(state: State, why: Reason): Promise<Result<void, CannotAdopt>> {
  const { run, pool, policy, memory, events } = state;
  if (run === null) throw new Error("invariant: a plan without an announcement");
  let refusals = 0;
  state.floor = 0;
  let lastTry: TooSmall | null = null;
  let within: Bytes | null = null;
  let sparing: ReturnType<typeof spare> = null;
  for (;;) {
    const limit = weightLimit(state);
    const planned = policy.plan(policyState(state, limit), run.schedule);
    if (!planned.ok) {
      const { needed } = planned.error;
      const hard = hardLimit(state);
      if (limit < hard && state.floor < needed) {
        // Not even the least fits into what the device is said to have left. It may still have it, and a job must not end for it.
        state.floor = Math.min(needed, hard);
        continue;
      }
      if (refusals === 0) return fail({ kind: "too-small", error: planned.error });
      // Nothing smaller would do. What was given up since may be enough for the device: the full plan once more.
      lastTry = planned.error;
      state.faultLimit = Number.POSITIVE_INFINITY;
      continue;
    }
    // Once for each limit: what has left by the second look is no reason to spare less.
    if (within !== limit) {
      within = limit;
      sparing = spare(state, run, limit);
    }
    const plan = sparing?.plan ?? planned.value;
    const pins: WeightRecord[] = [];
    const scheduled = new Set<WeightId>();
    for (const { weights } of run.cursor.track.uses) {
      for (const weight of weights) {
        if (scheduled.has(weight)) continue;
        scheduled.add(weight);
        if (plan.pinned.has(weight)) pins.push(state.table[weight]!);
      }
    }
    const { maxChunkBytes } = memory;
    const target = arrange({
      chunks: pool.chunks,
      window: state.window,
      plan,
      pins,
      // Where others are spared, the schedule's own weights have no right of way before them.
      scheduled: sparing === null ? scheduled : NOTHING,
      limit,
      maxChunkBytes,
    });
    if ("short" in target) return fail({ kind: "leased", short: target.short });

    const reason = (record: WeightRecord): Reason => (scheduled.has(record.id) || why !== "replan" ? why : "room");
    for (const chunk of target.freed) dropChunk(state, chunk, reason);
    if (target.freed.length > 0 || pool.isShrinking) {
      // The room is there when the last readers are done; what has happened by then is looked at again. (Also where nobody had to be waited
      // for: what is decided must not depend on that.)
      if (pool.isShrinking) await pool.shrunk();
      continue;
    }
    if (!target.keepsWindow) state.window = [];
    for (const { record, chunk, offset } of target.fills) {
      const end = offset + record.size;
      const there = chunk.residents.filter((r) => r.place!.offset < end && offset < r.place!.offset + r.size);
      for (const other of there) drop(state, other, reason(other));
      if (record.place !== null) drop(state, record, reason(record));
      pool.put(record, chunk, offset);
    }
    const made = make(state, target.keepsWindow ? [] : plan.windowChunks, target.fresh, reason);
    if (!made.ok) {
      refusals++;
      // By the need and a margin, so that a device that is simply full is not asked a thousand times.
      state.faultLimit = limit - Math.max(made.error, Math.ceil(limit / 64));
      const message = `${memory.device} refused ${made.error} bytes while weights had ${pool.bytes}`;
      events.add({ kind: "fault", at: state.now, device: memory.device, what: "allocate", message });
      why = "fault";
      if (lastTry === null) continue;
      state.faultLimit = Number.POSITIVE_INFINITY;
      return fail({ kind: "refused", error: lastTry });
    }
    if (!target.keepsWindow) {
      state.window = made.value;
      state.head = { chunk: 0, offset: 0 };
    }
    state.plan = plan;
    state.scheduled = scheduled;
    planRam(state);
    state.replan = null;
    run.rescan = true;
    run.complete = false;
    events.add({
      kind: "plan",
      at: state.now,
      device: memory.device,
      policy: plan.policy,
      model: plan.modelBytes,
      budget: sparing?.limit ?? limit,
      pinned: plan.pinnedBytes,
      window: plan.windowBytes,
      ram: [...state.ramPinned].reduce((sum, weight) => sum + state.table[weight]!.bytes, 0),
    });
    return ok(undefined);
  }
}

/** The window's chunks, then those of the pins with their places. The error: bytes of the chunk that was refused. */
function make(
  state: State,
  windowChunks: readonly Bytes[],
  fresh: readonly { readonly bytes: Bytes; readonly records: readonly WeightRecord[] }[],
  reason: (record: WeightRecord) => Reason,
): Result<PoolChunk[], Bytes> {
  const { pool } = state;
  const window: PoolChunk[] = [];
  for (const bytes of windowChunks) {
    const chunk = pool.grow(bytes);
    if (chunk === null) {
      for (const other of window) pool.shrink(other);
      return fail(bytes);
    }
    window.push(chunk);
  }
  for (const { bytes, records } of fresh) {
    const chunk = pool.grow(bytes);
    if (chunk === null) {
      for (const other of window) pool.shrink(other);
      return fail(bytes);
    }
    let offset = 0;
    for (const record of records) {
      // A pin that lay in the window until now.
      if (record.place !== null) drop(state, record, reason(record));
      pool.put(record, chunk, offset);
      offset += record.size;
    }
  }
  return ok(window);
}

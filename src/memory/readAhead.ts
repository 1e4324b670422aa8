import { CHUNK, PIECES } from "./arrange.ts";
import { likelySchedule } from "./likelySchedule.ts";
import { keepInRam, load, retract } from "./moves.ts";
import { policyState } from "./policyState.ts";
import type { PoolChunk } from "./pool.ts";
import { type State, weightLimit } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, ModelId } from "./words.ts";

/**
 * `Residency.readAhead`, under the lock: other models' loads that have not begun are called off, and what free room there is is given to these.
 * All of it is decided here and now, at a logical time; only the reads take place later, when nothing else wants the lane. What was read ahead of a
 * model that runs now stays on its way: its next run mostly needs what this one does not (a sampler's first run is its modulation alone).
 */
export function readAhead(state: State, models: readonly ModelId[]): void {
  state.wanted = [...models];
  const kept = new Set(models);
  if (state.run !== null) for (const weight of state.scheduled) kept.add(state.table[weight]?.model ?? "");
  const bare = new Set<PoolChunk>();
  for (const record of state.table) {
    if (record === null || kept.has(record.model)) continue;
    const { load: loading, ram: copy } = record;
    if (loading !== null && loading.rank === "idle" && !loading.begun && record.holds === 0) {
      retract(state, record);
      bare.add(record.chunk!);
    } else if (copy !== null && copy.fill?.rank === "idle" && !copy.fill.begun && loading === null)
      state.ram.drop(copy, "replan");
  }
  // Places alone are no use to anybody.
  for (const chunk of bare) {
    if (!chunk.residents.every((record) => record.state === "placed" && !isPlanned(state, record))) continue;
    for (const record of [...chunk.residents]) state.pool.take(record);
    state.pool.shrink(chunk);
  }
  fillAhead(state);
}

/** Free room to what is wanted next; nothing when there is none. To be called wherever a plan has changed, or a run has ended. */
export function fillAhead(state: State): void {
  for (const model of state.wanted) {
    const records = toRead(state, model);
    if (records.length > 0) intoDevice(state, model, records);
    if (state.ram.limit > 0) intoRam(state, records);
  }
}

/** What a run of the model would use and what does not lie anywhere in device memory, in the order of use; of the schedule in force, none. */
function toRead(state: State, model: ModelId): WeightRecord[] {
  const track = state.tracks.get(model)?.track;
  const used = track && new Set(track.uses.flatMap(({ weights }) => weights));
  const known = used
    ? [...used].flatMap((weight) => state.table[weight] ?? [])
    : state.table.filter((record): record is WeightRecord => record?.model === model);
  return known.filter((record) => record.state === "absent" && !isPlanned(state, record));
}

const isPlanned = ({ run, scheduled }: State, { id }: WeightRecord): boolean => run !== null && scheduled.has(id);

/**
 * Where not all has room, what the model's plan would keep in it: any larger plan keeps that as well. Of a model that has not run yet its header says how it
 * probably will (`likelySchedule`).
 */
function intoDevice(state: State, model: ModelId, records: readonly WeightRecord[]): void {
  const { pool, memory, tracks } = state;
  const room = weightLimit(state) - pool.bytes;
  const bytes = records.reduce((sum, { size }) => sum + size, 0);
  let inOrder = records;
  if (bytes > room) {
    const own = state.table.filter((record): record is WeightRecord => record?.model === model);
    const schedule = tracks.get(model)?.schedule ?? likelySchedule(own);
    const there = own.reduce((sum, { place, size }) => sum + (place === null ? 0 : size), 0);
    const planned = state.policy.plan(policyState(state, room + there), schedule);
    if (!planned.ok) return;
    let left = room;
    inOrder = records.filter(({ id, size }) => planned.value.pinned.has(id) && (left -= size) >= 0);
  }
  const target = Math.min(CHUNK, memory.maxChunkBytes, Math.ceil(bytes / PIECES));
  for (let from = 0; from < inOrder.length; ) {
    let size: Bytes = inOrder[from]!.size;
    let to = from + 1;
    while (to < inOrder.length && size + inOrder[to]!.size <= target) size += inOrder[to++]!.size;
    const chunk = pool.grow(size);
    if (chunk === null) {
      // The device has less than it was said to: the rest is read when its run begins.
      const message = `${memory.device} refused ${size} bytes for what is read ahead`;
      state.events.add({ kind: "fault", at: state.now, device: memory.device, what: "allocate", message });
      return;
    }
    let offset = 0;
    for (const record of inOrder.slice(from, to)) {
      pool.put(record, chunk, offset);
      offset += record.size;
      load(state, record, "ahead", false);
    }
    from = to;
  }
}

/** Copies of what device memory had no room for, on devices that do not compute in the machine's own memory. */
function intoRam(state: State, records: readonly WeightRecord[]): void {
  for (const record of records) {
    if (record.state !== "absent" || record.ram !== null) continue;
    if (keepInRam(state, record, "ahead", "idle") === null) return;
  }
}

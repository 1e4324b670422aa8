import type { PoolChunk } from "./pool.ts";
import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Reason } from "./words.ts";

/** Starts to bring a weight into the place it has. Counted and logged here: the decision is the event, whenever the bytes arrive. */
export function load(state: State, record: WeightRecord, reason: Reason, urgent: boolean): void {
  if (record.state !== "placed") throw new Error(`invariant: ${record.name} is loaded while ${record.state}`);
  record.state = "loading";
  record.used = false;
  state.events.add({
    kind: "move",
    at: state.now,
    device: state.memory.device,
    weight: record.id,
    bytes: record.bytes,
    from: "disk",
    to: "vram",
    reason,
  });
  record.load = state.loader.start(record, record.place!, state.pool.clearance(record), urgent, (ended, error) => {
    if (record.load !== ended) throw new Error(`invariant: a load of ${record.name} ends that is not its own`);
    record.load = null;
    if (error === undefined) {
      record.state = "resident";
      return;
    }
    logDrop(state, record, "fault");
    forgetProgress(state);
    // A pin keeps its place and is tried again; room in the window is for whoever comes next.
    if (state.window.includes(record.chunk!)) {
      state.pool.take(record);
      record.neededUntil = -1;
    } else record.state = "placed";
  });
}

/** A weight leaves. Never a leased one. */
export function drop(state: State, record: WeightRecord, reason: Reason): void {
  if (record.holds > 0)
    throw new Error(`invariant: ${record.name} is dropped (${reason}) under ${record.holds} leases`);
  evict(state, record, reason);
}

/** `drop` for a caller that has made sure that the only holds are its own. */
export function evict(state: State, record: WeightRecord, reason: Reason): void {
  if (record.state === "loading" || record.state === "resident") logDrop(state, record, reason);
  record.load?.cancel();
  state.pool.take(record);
  record.neededUntil = -1;
  if (reason !== "used") forgetProgress(state);
}

/** A load that has not begun is called off. A pin keeps its place: its model's chunks stay as full as they were planned. */
export function retract(state: State, record: WeightRecord): void {
  if (state.window.includes(record.chunk!)) {
    drop(state, record, "replan");
    return;
  }
  logDrop(state, record, "replan");
  record.load!.cancel();
  record.load = null;
  record.state = "placed";
}

/** All that lies in a chunk leaves, and the chunk goes back to the device. */
export function dropChunk(state: State, chunk: PoolChunk, reason: (record: WeightRecord) => Reason): void {
  while (chunk.residents.length > 0) {
    const record = chunk.residents.at(-1)!;
    drop(state, record, reason(record));
  }
  if (state.window.includes(chunk)) state.window = state.window.filter((other) => other !== chunk);
  state.pool.shrink(chunk);
}

/** What streamed and is not needed by this step or one that loads have looked ahead to, leaves the window. */
export function dropSpent(state: State): void {
  if (state.run === null || state.window.length === 0) return;
  const { step } = state.run.cursor;
  for (const { residents } of state.window) {
    for (let i = residents.length - 1; i >= 0; i--) {
      const record = residents[i]!;
      if (record.holds === 0 && record.neededUntil < step) drop(state, record, record.used ? "used" : "replan");
    }
  }
}

function logDrop(state: State, record: WeightRecord, reason: Reason): void {
  const { events, now, memory } = state;
  const { id, bytes } = record;
  events.add({ kind: "drop", at: now, device: memory.device, weight: id, bytes, from: "vram", reason });
}

function forgetProgress(state: State): void {
  if (state.run === null) return;
  state.run.rescan = true;
  state.run.complete = false;
}

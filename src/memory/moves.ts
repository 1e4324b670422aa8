import type { MemoryEvent } from "./eventLog.ts";
import type { Rank } from "./lane.ts";
import type { Load } from "./loader.ts";
import type { PoolChunk } from "./pool.ts";
import type { RamCopy } from "./ramCopy.ts";
import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Reason, Tier } from "./words.ts";

type Move = Extract<MemoryEvent, { kind: "move" }>;

/** Starts to bring a weight into the place it has; for reason "ahead" as what yields to everything. Counted and logged here: the decision is the event, whenever the bytes arrive. */
export function load(state: State, record: WeightRecord, reason: Reason, urgent: boolean): void {
  const { memory, loader, pool } = state;
  if (record.state !== "placed") throw new Error(`invariant: ${record.name} is loaded while ${record.state}`);
  record.state = "loading";
  record.used = false;
  const kept = record.ram;
  const rank = reason === "ahead" ? "idle" : urgent ? "urgent" : "normal";
  const copy = memory.map(record.place!) === null ? keepInRam(state, record, reason, rank) : null;
  const move = logMove(state, record, copy === null ? "disk" : "ram", "vram", reason, copy !== kept);
  const clear = pool.clearance(record);
  const ended = (ended: Load, error: unknown) => {
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
  };
  const end = { ended, unbegun: () => logUndone(state, move) };
  record.load =
    copy === null
      ? loader.start(record, record.place!, clear, rank, end)
      : loader.raise(copy, record.place!, clear, rank, end);
}

/**
 * The copy that a load takes its bytes from: the one there is, or one that is read now and stays. Null: straight from the file, because there is no room
 * for a copy. What is read ahead displaces none.
 */
export function keepInRam(state: State, record: WeightRecord, reason: Reason, rank: Rank): RamCopy | null {
  const { ram, loader, tenant } = state;
  if (record.ram !== null) {
    ram.touch(record.ram);
    record.ram.fill?.raise(rank);
    return record.ram;
  }
  const copy = ram.enter(record, tenant, reason !== "ahead");
  if (copy === null) return null;
  const move = logMove(state, record, "disk", "ram", reason);
  copy.fill = loader.keep(copy, ram.cleared(), rank, {
    ended(_, error) {
      copy.fill = null;
      if (error !== undefined && !copy.gone) ram.drop(copy, "fault");
    },
    unbegun: () => logUndone(state, move),
  });
  // The machine may have refused its memory at once.
  return copy.gone ? null : copy;
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
    retractCopy(state, record);
    return;
  }
  logDrop(state, record, "replan");
  record.load!.cancel();
  record.load = null;
  record.state = "placed";
  retractCopy(state, record);
}

/** A copy whose read has not begun is not read either. */
function retractCopy(state: State, { ram }: WeightRecord): void {
  if (ram !== null && ram.fill !== null && !ram.fill.begun) state.ram.drop(ram, "replan");
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

function logMove(
  state: State,
  record: WeightRecord,
  from: Tier,
  to: Tier,
  reason: Reason,
  through: boolean = false,
): Move {
  const { events, now, memory } = state;
  const { id, bytes } = record;
  const move: Move = {
    kind: "move",
    at: now,
    device: memory.device,
    weight: id,
    bytes,
    from,
    to,
    reason,
    ...(through && { through }),
  };
  events.add(move);
  return move;
}

/** The decision is in the log; that it came to nothing is as well, so that what is counted is what moved. */
function logUndone(state: State, move: Move): void {
  state.events.add({ ...move, kind: "undone", at: state.now });
}

function forgetProgress(state: State): void {
  if (state.run === null) return;
  state.run.rescan = true;
  state.run.complete = false;
}

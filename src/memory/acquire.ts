import { adopt } from "./adopt.ts";
import { cannotRun } from "./cannotRun.ts";
import { UnknownWeight } from "./errors.ts";
import { catchUp, shrinkToLimit } from "./giveBack.ts";
import { PooledLease } from "./lease.ts";
import { makeRoom } from "./makeRoom.ts";
import { dropSpent, load } from "./moves.ts";
import { prefetch } from "./prefetch.ts";
import { unhold } from "./release.ts";
import type { Lease } from "./residency.ts";
import { placeInRing, repackWindow } from "./ring.ts";
import type { State } from "./state.ts";
import type { Use } from "./words.ts";

/**
 * `Residency.acquire`. All there: a lease at once, and the boundary's work (what is spent leaves, what comes next is loaded). Something missing
 * that the plan has room for: a promise of its loads. Else, and whenever a plan is due, in turn with all that changes the pool.
 */
export function acquire(state: State, use: Use): Lease | Promise<Lease> {
  const { table, lock } = state;
  const { weights } = use;
  state.now++;
  let resident = true;
  for (let i = 0; i < weights.length; i++) {
    const record = table[weights[i]!];
    if (!record) return Promise.reject(new UnknownWeight(weights[i]!, use.stage));
    if (record.state !== "resident") resident = false;
  }
  if (state.replan !== null || (!resident && lock.held)) return acquireInTurn(state, use, null);
  const announced = arrive(state, use);
  if (resident) {
    state.events.hit();
    if (!lock.held) {
      dropSpent(state);
      prefetch(state);
    }
    return leaseOf(state, use);
  }
  dropSpent(state);
  if (!placePlanned(state, use)) return acquireInTurn(state, use, { announced });
  logMiss(state, use);
  const loads = loadNow(state, use, announced);
  prefetch(state);
  return whenLoaded(state, use, loads);
}

/** The schedule moves to this use, if it names it (true); its weights are held from here on. */
function arrive(state: State, use: Use): boolean {
  const announced = state.run?.cursor.seek(use) ?? false;
  const step = announced ? state.run!.cursor.step : -1;
  const { weights } = use;
  for (let i = 0; i < weights.length; i++) {
    const record = state.table[weights[i]!]!;
    record.holds++;
    record.lastUse = state.now;
    record.used = true;
    if (record.neededUntil < step) record.neededUntil = step;
  }
  return announced;
}

/** Places for what is missing as the plan foresees it: in the window. False: there is no room that way. */
function placePlanned(state: State, use: Use): boolean {
  const { window, table } = state;
  let all = true;
  for (const weight of use.weights) {
    const record = table[weight]!;
    if (record.state === "absent" && !(window.length > 0 && placeInRing(state, record, true))) all = false;
  }
  if (all) return true;
  if (window.length === 0) return false;
  return repackWindow(state, use);
}

/** Starts what is placed and not on its way, and hurries what is. Returns what to wait for. */
function loadNow(state: State, use: Use, announced: boolean): Promise<void>[] {
  const loads: Promise<void>[] = [];
  for (const weight of use.weights) {
    const record = state.table[weight]!;
    if (record.state === "placed") {
      const streams = !state.plan?.pinned.has(weight) || state.window.includes(record.chunk!);
      const reason = !announced ? "miss" : !streams ? "pin" : state.plan?.ahead === false ? "stream" : "miss";
      load(state, record, reason, true);
      record.used = true;
    }
    if (record.load === null) continue;
    record.load.raise("urgent");
    loads.push(record.load.finished);
  }
  return loads;
}

/** The slow path: after whatever else changes the pool, with the plan made anew where that is due. `held`: it has arrived already. */
async function acquireInTurn(state: State, use: Use, held: { readonly announced: boolean } | null): Promise<Lease> {
  const loads = await state.lock.run(async () => {
    try {
      if (state.replan !== null) await replan(state, use);
      for (const weight of use.weights) if (!state.table[weight]) throw new UnknownWeight(weight, use.stage);
      held ??= { announced: arrive(state, use) };
      dropSpent(state);
      if (!placePlanned(state, use)) await makeRoom(state, use);
    } catch (error) {
      if (held !== null) unhold(state, use);
      throw error;
    } finally {
      // Nothing was planned around what the device refused: the next one may ask again.
      if (state.run === null) {
        state.faultLimit = Number.POSITIVE_INFINITY;
        // What it was given beyond what the device is said to have is taken back before the next one.
        if (state.floor > 0) state.replan = "budget";
      }
    }
    logMiss(state, use);
    const started = loadNow(state, use, held.announced);
    prefetch(state);
    return started;
  });
  return whenLoaded(state, use, loads);
}

/** `loads` were taken down when they were under way: one that has failed since has left no trace but its promise. */
async function whenLoaded(state: State, use: Use, loads: readonly Promise<void>[]): Promise<Lease> {
  try {
    for (const loaded of loads) await loaded;
  } catch (error) {
    unhold(state, use);
    throw error;
  }
  return leaseOf(state, use);
}

function leaseOf(state: State, use: Use): Lease {
  const lease = state.idle.pop() ?? new PooledLease(state.table);
  lease.current = use;
  return lease;
}

function logMiss({ events, now, memory }: State, { stage }: Use): void {
  events.add({ kind: "acquire", at: now, device: memory.device, stage, hit: false });
}

async function replan(state: State, use: Use): Promise<void> {
  if (state.run === null) {
    state.floor = 0;
    await shrinkToLimit(state);
    catchUp(state);
    return;
  }
  const why = state.replan!;
  const adopted = await adopt(state, why === "room" ? "replan" : why);
  // Leases stand in the way: the old plan goes on until a boundary at which they do not.
  if (adopted.ok || adopted.error.kind === "leased") return;
  throw cannotRun(state, adopted.error, use.stage);
}

import type { Plan } from "./policy.ts";
import { policyState } from "./policyState.ts";
import { STALE } from "./ramRank.ts";
import { multiplicities } from "./schedule.ts";
import type { RunState, State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes } from "./words.ts";

/** Plans tried between sparing all of the others and none. */
const TRIES = 5;

/**
 * A plan that spares other models: for a schedule that uses every weight once. Pins would save nothing within it, and what it pushed out would have to come
 * back, to push the pins out in turn: a text encoder before a transformer streams through what is free, and the transformer stays. All
 * of the others is spared, or as much as leaves room in which what comes next is still loaded under what runs. (Schedules of several passes spare nobody: of 240 simulated chains 14
 * would gain, 1 % of all cost, and the others lose by half.) Null: nothing is to be spared, or not so. Source: residency.md, "A
 * recommended algorithm", 3.
 */
export function spare(
  state: State,
  run: RunState,
  limit: Bytes,
): { readonly plan: Plan; readonly limit: Bytes } | null {
  const { track } = run.cursor;
  if (multiplicities(track).some((n) => n > 1)) return null;
  const own = new Set(track.uses.flatMap(({ weights }) => weights));
  let others: Bytes = 0;
  for (const { residents, bytes } of state.pool.chunks) {
    // Holes beside what is spared stay, too. Windows are made anew.
    if (!residents.some((record) => !own.has(record.id) && isExpected(state, record))) continue;
    others += bytes;
    for (const { id, size } of residents) if (own.has(id)) others -= size;
  }
  let bytes: Bytes = 0;
  for (const weight of own) bytes += state.table[weight]!.size;
  if (others === 0 || bytes + others <= limit) return null;
  let best: { plan: Plan; limit: Bytes } | null = null;
  let [enough, short] = [0, 1];
  // The share of the others that is spared: all of it if that goes, else by halves.
  for (let i = 0, share = 1; i < TRIES; i++, share = (enough + short) / 2) {
    const room = Math.floor(limit - share * others);
    const planned = state.policy.plan(policyState(state, room), run.schedule);
    if (planned.ok && !planned.value.eager && (planned.value.ahead || planned.value.places !== undefined)) {
      best = { plan: planned.value, limit: room };
      if (share === 1) break;
      enough = share;
    } else short = share;
  }
  return best;
}

/** It is there, and its model comes back: the caller said so, or said nothing and it ran not long ago. */
function isExpected({ runs, nextKnown, window }: State, { state, chunk, nextUse, lastRun }: WeightRecord): boolean {
  if (state === "placed" || window.includes(chunk!)) return false;
  return nextKnown ? nextUse < Number.POSITIVE_INFINITY : lastRun > 0 && runs - lastRun < STALE;
}

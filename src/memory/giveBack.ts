import { leaveOrder } from "./leaveOrder.ts";
import { dropChunk } from "./moves.ts";
import { type State, weightLimit } from "./state.ts";
import type { Bytes, WeightId } from "./words.ts";

const NOTHING: ReadonlySet<WeightId> = new Set();

/** Gives chunks back, least recently used first and no leased ones, until `missing(bytes given)` is not positive. Under the lock. */
export async function giveBack(
  state: State,
  missing: (given: Bytes) => Bytes,
  reason: "trim" | "budget",
): Promise<Bytes> {
  let given = 0;
  while (missing(given) > 0) {
    const chunk = leaveOrder(state.pool.chunks, NOTHING, NOTHING)[0];
    if (chunk === undefined) break;
    given += chunk.bytes;
    dropChunk(state, chunk, () => reason);
    if (state.run !== null) state.replan ??= "replan";
    await state.pool.shrunk();
  }
  return given;
}

/** The pool down to what weights may take now, as far as leases allow. Under the lock. */
export async function shrinkToLimit(state: State): Promise<void> {
  await giveBack(state, () => state.pool.bytes - weightLimit(state), "budget");
}

/** Between announcements only a budget that fell is left to be carried out. */
export function catchUp(state: State): void {
  state.replan = state.pool.bytes > weightLimit(state) ? "budget" : null;
}

import { catchUp, shrinkToLimit } from "./giveBack.ts";
import { type State, weightLimit } from "./state.ts";
import type { Bytes } from "./words.ts";

/**
 * `Residency.followDevice`: other programs took memory of the device, or gave some back. During an announcement the next acquire plans anew; between
 * them what is too much leaves now. The least that a schedule needs stays allowed (`adopt`, `makeRoom`): the device may still have it.
 */
export async function followDevice(state: State, available: Bytes): Promise<void> {
  const { budget, events, memory } = state;
  if (available === state.available) return;
  const before = weightLimit(state);
  const reason = available < state.available ? "pressure" : "recovery";
  state.available = available;
  const vram = Math.min(budget.vram, available);
  const { weights } = budget;
  events.add({ kind: "budget", at: state.now, device: memory.device, vram, weights, reason, available });
  const after = weightLimit(state);
  if (after === before) return;
  if (state.run !== null) state.replan = after < before ? "budget" : (state.replan ?? "replan");
  else if (after < before) {
    await state.lock.run(() => shrinkToLimit(state));
    if (state.run === null) catchUp(state);
  }
}

import { catchUp, shrinkToLimit } from "./giveBack.ts";
import type { Budget } from "./residency.ts";
import type { State } from "./state.ts";

/** `Residency.setBudget`: during an announcement the next acquire plans anew; between them what is too much leaves now. */
export async function setBudget(state: State, budget: Budget): Promise<void> {
  const { vram, weights } = budget;
  const smaller = vram < state.budget.vram || weights < state.budget.weights;
  state.budget = budget;
  state.ledger.setCeiling(vram);
  state.events.add({ kind: "budget", at: state.now, device: state.memory.device, vram, weights });
  if (state.run !== null) state.replan = smaller ? "budget" : (state.replan ?? "replan");
  else if (smaller) {
    await state.lock.run(() => shrinkToLimit(state));
    // Leases hold the rest: the next acquire tries again.
    if (state.run === null) catchUp(state);
  }
}

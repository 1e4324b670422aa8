import { catchUp } from "./giveBack.ts";
import { retract } from "./moves.ts";
import type { RunState, State } from "./state.ts";

/** The announcement is over, early or not: what was to be loaded and nobody waits for is not. Nothing when another has taken its place. */
export function endRun(state: State, run: RunState): void {
  if (state.run !== run) return;
  state.run = null;
  state.faultLimit = Number.POSITIVE_INFINITY;
  state.floor = 0;
  catchUp(state);
  for (const record of state.table) {
    if (record?.state !== "loading" || record.holds > 0) continue;
    // What is read ahead for the next one stays on its way.
    if (!record.load!.begun && record.load!.rank !== "idle") retract(state, record);
  }
}

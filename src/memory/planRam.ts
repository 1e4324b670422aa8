import { ramPins } from "./ramPins.ts";
import type { State } from "./state.ts";

/** What the schedule in force wants in RAM, anew: its plan, or the room that the tier has, is another. */
export function planRam(state: State): void {
  const { run, plan, ram, table } = state;
  if (run === null || plan === null || ram.limit === 0) state.ramPinned = new Set();
  // A weight whose model was closed while the schedule was in force is nowhere.
  else state.ramPinned = ramPins(run.cursor.track, plan.pinned, (weight) => table[weight]?.bytes ?? 0, ram.limit);
}

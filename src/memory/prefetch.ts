import { load } from "./moves.ts";
import { placeInRing } from "./ring.ts";
import type { State } from "./state.ts";

/**
 * Loads ahead of the step the schedule is at, in its order: pins as they come up, streamed weights while the window has room; across
 * passes, but never past the schedule's end. Of a pass that has not begun only the first stage streams, so that each pass of a loop moves
 * the same bytes, and as little as there is when it turns out to be the last. It stops at the first that finds no room, so that nothing overtakes what is needed sooner.
 * It remembers how far it came; a boundary in a steady pass looks at about as many weights as one stage has.
 */
export function prefetch(state: State): void {
  const { run, plan } = state;
  if (run === null || plan === null || run.complete) return;
  const { cursor, ahead } = run;
  if (run.rescan || ahead.step <= cursor.step) {
    ahead.copy(cursor);
    ahead.advance();
    run.aheadWeight = 0;
    run.rescan = false;
  }
  const streamsAhead = plan.ahead || plan.places !== undefined;
  const horizon = cursor.step + (streamsAhead ? cursor.track.uses.length : 1);
  while (ahead.use !== undefined && ahead.step <= horizon) {
    if (plan.windowBytes > 0 && ahead.laps > cursor.laps && (ahead.laps > cursor.laps + 1 || ahead.lapStep > 0)) return;
    const { weights } = ahead.use;
    for (; run.aheadWeight < weights.length; run.aheadWeight++) {
      const record = state.table[weights[run.aheadWeight]!];
      // Its model was closed while the schedule was in force: whoever acquires it is told.
      if (!record) continue;
      if (record.state === "absent") {
        if (!streamsAhead) continue;
        if (!placeInRing(state, record, false)) return;
        load(state, record, "stream", false);
      } else if (record.state === "placed") {
        load(state, record, state.window.includes(record.chunk!) ? "stream" : "pin", false);
      }
      if (record.neededUntil < ahead.step) record.neededUntil = ahead.step;
    }
    if (!ahead.advance()) break;
    run.aheadWeight = 0;
  }
  if (plan.windowBytes > 0 || run.rescan) return;
  // Nothing streams: what lies beyond the horizon (behind a loop) is loaded as well, and boundaries have nothing more to do.
  for (const { weights } of cursor.track.uses) {
    for (const weight of weights) {
      const record = state.table[weight];
      if (record?.state === "placed") load(state, record, "pin", false);
    }
  }
  run.complete = true;
}

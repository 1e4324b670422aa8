import { adopt } from "./adopt.ts";
import { cannotRun, doesNotFit } from "./cannotRun.ts";
import { Cursor } from "./cursor.ts";
import { endRun } from "./endRun.ts";
import { UnknownWeight } from "./errors.ts";
import { catchUp } from "./giveBack.ts";
import { load } from "./moves.ts";
import { prefetch } from "./prefetch.ts";
import { fillAhead } from "./readAhead.ts";
import type { Announcement, DoesNotFit } from "./residency.ts";
import { flatten, type Track } from "./schedule.ts";
import type { RunState, State } from "./state.ts";
import { timesUsed } from "./timesUsed.ts";
import { type Bytes, fail, ok, type Result, type Schedule } from "./words.ts";

/** `Residency.announce`, under the lock: another announcement ends, a plan is made and the pool made so, and the first loads begin. */
export async function announce(
  state: State,
  schedule: Schedule,
  reserved: Bytes,
): Promise<Result<Announcement, DoesNotFit>> {
  const { ledger, table } = state;
  const track = flatten(schedule);
  for (const { stage, weights } of track.uses) {
    for (const weight of weights) if (!table[weight]) throw new UnknownWeight(weight, stage);
  }
  if (state.run !== null) endRun(state, state.run);
  const besideBytes = ledger.used - ledger.usedBy("weights") + reserved;
  const run: RunState = {
    schedule,
    besideBytes,
    cursor: new Cursor(track),
    ahead: new Cursor(track),
    aheadWeight: 0,
    rescan: true,
    complete: false,
  };
  state.run = run;
  state.faultLimit = Number.POSITIVE_INFINITY;
  state.ram.forgetRefusals();
  state.runs++;
  remember(state, schedule, track);
  for (const [weight, times] of timesUsed(track)) {
    table[weight]!.lastRun = state.runs;
    table[weight]!.uses = times;
  }
  for (const { residents } of state.window) for (const record of residents) record.neededUntil = -1;
  const adopted = await adopt(state, "replan");
  if (!adopted.ok) {
    state.run = null;
    state.floor = 0;
    catchUp(state);
    const { error } = adopted;
    if (error.kind === "too-small") return fail(doesNotFit(state, error.error.stage, error.error.needed, besideBytes));
    throw cannotRun(state, error, track.uses[0]?.stage ?? "");
  }
  if (state.plan!.eager) {
    try {
      await loadAll(state, run);
    } catch (error) {
      endRun(state, run);
      throw error;
    }
  }
  // What was read ahead for this is no longer idle.
  for (const { weights } of track.uses) for (const weight of weights) table[weight]?.load?.raise("normal");
  prefetch(state);
  fillAhead(state);
  const end = () => {
    endRun(state, run);
    // Whoever has the lock looks for itself.
    if (!state.lock.held) fillAhead(state);
  };
  return ok({ end });
}

/** What of each model runs, and in which order: the next time it can be read ahead. */
function remember(state: State, schedule: Schedule, track: Track): void {
  const models = new Set(track.uses.flatMap(({ weights }) => weights.map((weight) => state.table[weight]!.model)));
  for (const model of models) state.tracks.set(model, { schedule, track });
}

async function loadAll(state: State, { cursor }: RunState): Promise<void> {
  const records = cursor.track.uses.flatMap(({ weights }) => weights.map((weight) => state.table[weight]!));
  for (const record of records) if (record.state === "placed") load(state, record, "pin", false);
  for (const record of records) if (record.load !== null) await record.load.finished;
}

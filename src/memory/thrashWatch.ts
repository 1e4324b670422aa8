import type { State } from "./state.ts";
import type { Bytes, Reason, WeightId } from "./words.ts";

/** A pass that needs to move M - R bytes and moves more than that by a tenth is not steady. Source: residency.md, "A recommended algorithm", 10. */
const EFFICIENCY = 0.9;

/** What pushed weights out that were needed again: another user of the room, a budget that goes up and down, a device that refuses, a caller. */
export type ThrashCause = "room" | "budget" | "fault" | "trim";

/** Weights go in and out although the plan would have kept them. Bytes, of the pass that showed it. */
export interface Thrash {
  readonly moved: Bytes;
  /** What a steady pass under this plan moves: M - R. */
  readonly bound: Bytes;
  /** Of `moved`, weights that were pushed out in the same pass. */
  readonly refaults: Bytes;
  readonly cause: ThrashCause;
  /** With so much more room nothing of it would have had to leave. */
  readonly more: Bytes;
  /** The lowest that the ceiling on everything was during the run. */
  readonly leastVram: Bytes;
}

/** Watches one run. */
export interface ThrashWatch {
  /** A pass is over. What is wrong with it, the first time that something is. */
  pass(): Thrash | null;
  stop(): void;
}

/**
 * Looks at the weights of the schedule in force, pass by pass: (M - R) / moved below 0.9 over two passes in a row (the first brings the pins and does not count), or a tenth of
 * a pass's bytes brought back after it was pushed out in the same pass. The first finding of a run goes into the log and is returned. It decides nothing.
 */
export function watchThrash(state: State): ThrashWatch {
  const { events, memory } = state;
  /** Pushed out in this pass. */
  const ghosts = new Set<WeightId>();
  let left: Partial<Record<Reason, Bytes>> = {};
  let [moved, refaults, index] = [0, 0, 0];
  let leastVram = state.budget.vram;
  let bound = boundOf(state);
  /** Bytes beyond the bound of the pass before, if it was no better. */
  let before = 0;
  let told = false;
  const stop = events.listen((event) => {
    if (event.kind === "budget") leastVram = Math.min(leastVram, event.vram);
    if (!("weight" in event) || event.kind === "read" || !state.scheduled.has(event.weight)) return;
    const { kind, weight, bytes, reason } = event;
    if (kind === "drop" && event.from === "vram") {
      left[reason] = (left[reason] ?? 0) + bytes;
      // What streamed was to leave; what another plan or budget pushed out once is nobody's mistake.
      if (reason === "room" || reason === "fault") ghosts.add(weight);
    } else if (kind !== "drop" && event.to === "vram") {
      moved += kind === "move" ? bytes : -bytes;
      if (kind === "move" && ghosts.delete(weight)) refaults += bytes;
    }
  });
  return {
    stop,
    pass() {
      const now = boundOf(state);
      // A plan that changed within the pass: the more lenient of the two.
      const least = Math.max(bound, now);
      const beyond = index > 0 && least < EFFICIENCY * moved ? moved - least : 0;
      const again = refaults > (1 - EFFICIENCY) * moved;
      let found: Thrash | null = null;
      if (!told && ((beyond > 0 && before > 0) || again)) {
        told = true;
        const more = Math.max(beyond, before, again ? refaults : 0);
        found = { moved, bound: least, refaults, cause: causeOf(left), more, leastVram };
        events.add({ kind: "thrash", at: state.now, device: memory.device, ...found });
      }
      bound = now;
      index++;
      before = beyond;
      [moved, refaults] = [0, 0];
      ghosts.clear();
      // What was pushed out in the pass before is what came back in this one.
      if (beyond === 0) left = {};
      return found;
    },
  };
}

const boundOf = ({ run, plan }: State): Bytes =>
  run === null || plan === null ? 0 : plan.modelBytes - plan.pinnedBytes;

/** The reason that most bytes left for, of those that no plan foresaw. */
function causeOf(left: Partial<Record<Reason, Bytes>>): ThrashCause {
  const bytes = (cause: ThrashCause): Bytes => left[cause] ?? 0;
  return (["room", "budget", "fault", "trim"] as const).reduce((a, b) => (bytes(b) > bytes(a) ? b : a));
}

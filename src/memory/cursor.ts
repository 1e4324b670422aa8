import type { Track } from "./schedule.ts";
import type { Use } from "./words.ts";

/**
 * A position in a track. `step` counts the uses passed, -1 before the first; it only ever grows. Two cursors walk each announcement:
 * the one that acquires move, and the one that loads run ahead with. Moving allocates nothing.
 */
export class Cursor {
  step = -1;
  /** How often a loop has gone back to its start, and steps since. */
  laps = 0;
  lapStep = -1;
  readonly track: Track;
  #index = -1;
  readonly #rounds: number[];
  #scratch: Cursor | null = null;

  constructor(track: Track) {
    this.track = track;
    this.#rounds = new Array<number>(track.loops.length).fill(0);
  }

  /** The use at the position; undefined before the first and after the last. */
  get use(): Use | undefined {
    return this.track.uses[this.#index];
  }

  copy(from: Cursor): void {
    this.step = from.step;
    this.laps = from.laps;
    this.lapStep = from.lapStep;
    this.#index = from.#index;
    for (let i = 0; i < this.#rounds.length; i++) this.#rounds[i] = from.#rounds[i]!;
  }

  /** To the next use. False at the end of the schedule. */
  advance(): boolean {
    const { uses, loops } = this.track;
    if (this.#index >= uses.length) return false;
    let next = this.#index + 1;
    this.lapStep++;
    // Inner loops come first, and a loop that is over starts afresh when an outer one comes round.
    for (let i = 0; i < loops.length; i++) {
      if (loops[i]!.end !== next) continue;
      if (this.#rounds[i]! + 1 < loops[i]!.n) {
        this.#rounds[i]!++;
        next = loops[i]!.start;
        this.laps++;
        this.lapStep = 0;
        break;
      }
      this.#rounds[i] = 0;
    }
    this.#index = next;
    this.step++;
    return next < uses.length;
  }

  /**
   * To the next place where `use` runs: the next step, the same step again (an acquire that failed and is tried again), a later one
   * (a skip), or beyond a loop whose end was not known. False, and nothing moves, when the schedule has no such place.
   */
  seek(use: Use): boolean {
    this.#scratch ??= new Cursor(this.track);
    const probe = this.#scratch;
    probe.copy(this);
    if (probe.advance() && same(probe.use, use)) {
      this.copy(probe);
      return true;
    }
    if (same(this.use, use)) return true;
    const { uses, loops } = this.track;
    for (let i = 0; i < uses.length && probe.advance(); i++) {
      if (same(probe.use, use)) {
        this.copy(probe);
        return true;
      }
    }
    for (let i = Math.max(0, this.#index + 1); i < uses.length; i++) {
      if (!same(uses[i], use)) continue;
      for (let l = 0; l < loops.length; l++) {
        const { start, end } = loops[l]!;
        if (!(start <= this.#index && i < end)) this.#rounds[l] = 0;
      }
      this.#index = i;
      // Past everything that loads may have run ahead for.
      this.step += uses.length + 1;
      return true;
    }
    return false;
  }
}

function same(a: Use | undefined, b: Use): boolean {
  if (a === b) return true;
  if (a === undefined || a.stage !== b.stage || a.weights.length !== b.weights.length) return false;
  return a.weights.every((weight, i) => weight === b.weights[i]);
}

import type { JobEnd, JobHead, NewJob } from "./jobRecord.ts";
import type { JobStore } from "./jobStore.ts";

/** The job that runs. */
export interface RunningJob {
  readonly head: JobHead;
  /** Asks it to stop; it is over when the engine says so. */
  readonly stop: () => void;
}

/**
 * The order of jobs: one runs, the others wait by number, then by arrival. Every change is on disk before it is told. `onChange` is told
 * whenever the count of what runs and waits may have changed, as the original does it: once for each enqueueing, taking, removal and end.
 */
export class JobQueue {
  readonly store: JobStore;
  readonly #onChange: () => void;
  /** Told that something waits. */
  onWork: () => void = () => {};
  /** Told how a job ended that ran here. */
  onEnd: (end: JobEnd) => void = () => {};
  #waiting: JobHead[];
  #running: RunningJob | null = null;

  constructor(store: JobStore, onChange: () => void) {
    this.store = store;
    this.#onChange = onChange;
    this.#waiting = [...store.waiting()];
  }

  get waiting(): readonly JobHead[] {
    return this.#waiting;
  }

  get running(): RunningJob | null {
    return this.#running;
  }

  /** What runs and what waits. */
  get remaining(): number {
    return this.#waiting.length + (this.#running === null ? 0 : 1);
  }

  add(job: NewJob): JobHead {
    const head = this.store.add(job);
    this.#waiting.splice(placeFor(this.#waiting, head), 0, head);
    this.#onChange();
    this.onWork();
    return head;
  }

  /** Takes the next job; null when nothing waits. `stop` is how it is asked to stop later. */
  take(stop: (head: JobHead) => void): JobHead | null {
    if (this.#running !== null) throw new Error("invariant: a job is taken while another one runs");
    const head = this.#waiting[0];
    if (head === undefined) return null;
    this.store.begin(head.seq);
    this.#waiting.shift();
    this.#running = { head, stop: () => stop(head) };
    this.#onChange();
    return head;
  }

  /** The job that runs is over: it is in the history before it leaves the queue. */
  finish(end: JobEnd): void {
    if (this.#running === null) throw new Error("invariant: a job ends that does not run");
    this.store.finish(this.#running.head.seq, end);
    this.#running = null;
    this.#onChange();
    this.onEnd(end);
  }

  /** Takes jobs out that wait: all of them, or those of these ids. Returns how many; nothing is told if there were none. */
  remove(ids?: ReadonlySet<string>): number {
    const gone = ids === undefined ? this.#waiting : this.#waiting.filter(({ id }) => ids.has(id));
    if (gone.length === 0) return 0;
    this.store.drop(gone.map(({ seq }) => seq));
    const seqs = new Set(gone.map(({ seq }) => seq));
    this.#waiting = this.#waiting.filter(({ seq }) => !seqs.has(seq));
    this.#onChange();
    return gone.length;
  }

  /** Asks the job that runs to stop: whichever it is, or only the one of this id. Returns whether there was one. */
  interrupt(id?: string): boolean {
    if (this.#running === null || (id !== undefined && this.#running.head.id !== id)) return false;
    this.#running.stop();
    return true;
  }
}

/** Where a job belongs among those that wait: after all that are not later than it. */
function placeFor(waiting: readonly JobHead[], { number, seq }: JobHead): number {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = waiting[middle]!;
    if (other.number < number || (other.number === number && other.seq < seq)) low = middle + 1;
    else high = middle;
  }
  return low;
}

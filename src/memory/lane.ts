/** What a lane carries out. `waiting`: not for it to run yet. */
export interface LaneJob {
  urgent: boolean;
  state: "waiting" | "queued" | "running" | "over";
  lane: { requeue(job: LaneJob): void } | null;
  run(): Promise<void>;
  /** Told once, after the lane is free for the next. */
  end(error: unknown): void;
}

/** Runs jobs, at most `width` at a time, in the order in which they were added, urgent ones first. */
export class Lane<Job extends LaneJob> {
  readonly #width: number;
  readonly #urgent = new Queue<LaneJob>();
  readonly #normal = new Queue<LaneJob>();
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  add(job: Job): void {
    job.state = "queued";
    job.lane = this;
    (job.urgent ? this.#urgent : this.#normal).add(job);
    this.#pump();
  }

  /** A job that has become urgent moves ahead. */
  requeue(job: LaneJob): void {
    if (job.state === "queued") this.#urgent.add(job);
  }

  #pump(): void {
    while (this.#running < this.#width) {
      const job = this.#urgent.next() ?? this.#normal.next();
      if (job === undefined) return;
      this.#running++;
      job.state = "running";
      job.run().then(
        () => this.#finish(job, undefined),
        (error: unknown) => this.#finish(job, error),
      );
    }
  }

  #finish(job: LaneJob, error: unknown): void {
    this.#running--;
    job.state = "over";
    job.end(error);
    this.#pump();
  }
}

/** First in, first out; what is no longer queued when its turn comes is left out. The array is emptied when it has run dry. */
class Queue<Job extends LaneJob> {
  readonly #jobs: Job[] = [];
  #head = 0;

  add(job: Job): void {
    this.#jobs.push(job);
  }

  next(): Job | undefined {
    while (this.#head < this.#jobs.length) {
      const job = this.#jobs[this.#head++]!;
      if (job.state === "queued") return job;
    }
    this.#jobs.length = 0;
    this.#head = 0;
    return undefined;
  }
}

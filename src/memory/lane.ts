/** Whose turn comes first: somebody waits for it, a schedule will need it, or nobody has asked for it yet. */
export type Rank = "urgent" | "normal" | "idle";

/** What a run of a job comes to: done, or to be gone on with when nothing else wants the lane, or begun anew once something has come about. */
export type Ran = "done" | "later" | { readonly after: Promise<unknown> };

/** What a lane carries out. `waiting`: not for it to run yet. */
export interface LaneJob {
  rank: Rank;
  state: "waiting" | "queued" | "running" | "over";
  lane: { requeue(job: LaneJob): void; readonly pressed: boolean } | null;
  run(): Promise<Ran>;
  /** Told once, after the lane is free for the next. */
  end(error: unknown): void;
}

/** Runs jobs, at most `width` at a time: urgent ones first, idle ones last, each rank in the order in which they were added. */
export class Lane<Job extends LaneJob> {
  readonly #width: number;
  readonly #queues: Readonly<Record<Rank, Queue<LaneJob>>> = {
    urgent: new Queue(),
    normal: new Queue(),
    idle: new Queue(),
  };
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  add(job: Job): void {
    job.lane = this;
    this.#enqueue(job);
    this.#pump();
  }

  /** A job whose rank has risen moves ahead. */
  requeue(job: LaneJob): void {
    if (job.state === "queued") this.#queues[job.rank].add(job);
  }

  /** Something that is not idle waits: an idle job gives its place up where it can. */
  get pressed(): boolean {
    return !this.#queues.urgent.isEmpty || !this.#queues.normal.isEmpty;
  }

  #enqueue(job: LaneJob): void {
    job.state = "queued";
    this.#queues[job.rank].add(job);
  }

  #pump(): void {
    const { urgent, normal, idle } = this.#queues;
    while (this.#running < this.#width) {
      const job = urgent.next() ?? normal.next() ?? idle.next();
      if (job === undefined) return;
      this.#running++;
      job.state = "running";
      job.run().then(
        (ran) => {
          if (ran === "done") this.#finish(job, undefined);
          else if (ran === "later") this.#stepAside(job);
          else this.#wait(job, ran.after);
        },
        (error: unknown) => this.#finish(job, error),
      );
    }
  }

  #stepAside(job: LaneJob): void {
    this.#running--;
    this.#enqueue(job);
    this.#pump();
  }

  /** Its place is another's meanwhile. What it waits for does not fail. */
  #wait(job: LaneJob, after: Promise<unknown>): void {
    this.#running--;
    job.state = "waiting";
    void after.then(() => {
      // It may have been called off.
      if (job.state !== "waiting") return;
      this.#enqueue(job);
      this.#pump();
    });
    this.#pump();
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

  get isEmpty(): boolean {
    while (this.#head < this.#jobs.length && this.#jobs[this.#head]!.state !== "queued") this.#head++;
    return this.#head === this.#jobs.length;
  }

  next(): Job | undefined {
    if (!this.isEmpty) return this.#jobs[this.#head++]!;
    this.#jobs.length = 0;
    this.#head = 0;
    return undefined;
  }
}

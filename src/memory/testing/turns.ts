import type { Fence } from "../words.ts";

/**
 * Everything that a fake device or store waits for, resolved one at a time in an order that the test draws: any interleaving of reads,
 * uploads, fences and acquires that a real machine could show, and the same again from the same seed.
 */
export class Turns {
  readonly #pending: (() => void)[] = [];
  readonly #draw: (n: number) => number;

  /** `draw(n)`: a number in [0, n). */
  constructor(draw: (n: number) => number) {
    this.#draw = draw;
  }

  pause = (): Promise<void> => new Promise((done) => this.#pending.push(done));

  /** A fence that is reached in its turn; `before` sees the memory a moment before that, as the last thing a reader does. */
  fence(before: () => void): Fence {
    let done = false;
    const reached = this.pause().then(() => {
      before();
      done = true;
    });
    return {
      get done() {
        return done;
      },
      reached,
    };
  }

  /** Lets everything that can run without a turn run, then gives one turn. False: nobody waits for one. */
  async one(): Promise<boolean> {
    await settle();
    if (this.#pending.length === 0) return false;
    const [go] = this.#pending.splice(this.#draw(this.#pending.length), 1);
    go!();
    await settle();
    return true;
  }

  /** Gives turns until `work` is settled. Throws when all wait and none has a turn to get: a deadlock. */
  async until<T>(work: Promise<T> | T, what: string): Promise<T> {
    let settled = false;
    const watched = Promise.resolve(work).finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    await settle();
    while (!settled) if (!(await this.one()) && !settled) throw new Error(`deadlock: ${what}`);
    return watched;
  }
}

/** Promises that are ready run; one macrotask is more than any chain of them needs. */
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

/** One row of the table: what was measured, its value with interval, the goal and what became of it. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly goal?: string;
  /** "met", "missed by ...". */
  readonly verdict?: string;
  /** The value is made of wall times: on a busy machine it is shown and not judged. */
  readonly wall?: true;
  readonly note?: string;
}

export interface BenchContext {
  /** A folder of its own, empty, removed afterwards. */
  readonly folder: string;
  /** As the user names it ("cpu", "cuda"). */
  readonly device: string;
  /** Threads of the CPU backend; undefined: its own choice. */
  readonly threads: number | undefined;
  /** More rounds, larger pictures: minutes instead of seconds. */
  readonly full: boolean;
  /** Peers may be installed and run. */
  readonly peers: boolean;
  /** Progress, for whoever waits. */
  say(text: string): void;
}

/**
 * A benchmark. It measures and never asserts: pairs that take turns, medians with intervals, ratios. Each runs in a process of its own
 * (with `gc` exposed and libuv's threads as the engine has them), so that none inherits another's heap.
 */
export type Bench = (context: BenchContext) => Promise<readonly Figure[]>;

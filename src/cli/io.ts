/** What the command line touches of the world, passed in: the real one in main.ts, strings in tests. */
export interface Io {
  /** Results: paths of pictures, `--stats json`. */
  out(text: string): void;
  /** All else: progress, the run line, errors. */
  err(text: string): void;
  /** stderr is a terminal on which a line can be drawn over. */
  readonly terminal: boolean;
  /** Its width now, in characters. */
  columns(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds, from anywhere; only differences are shown. */
  now(): number;
  /** Calls back at each Ctrl-C; returns the way to stop listening. */
  onInterrupt(see: () => void): () => void;
}

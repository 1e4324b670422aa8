/** A line of the log, as GET /internal/logs/raw gives it: `t` is a time as ISO 8601. */
export interface LogEntry {
  readonly t: string;
  readonly m: string;
}

/** As many as the original keeps. */
const LINES = 300;

/** The last lines of what the server says, for clients that show them. */
export class LogRing {
  readonly #entries: LogEntry[] = [];
  /** Told of each line. */
  onLine: (entry: LogEntry) => void = () => {};

  add(text: string, now: number): void {
    const entry = { t: new Date(now).toISOString(), m: text.endsWith("\n") ? text : `${text}\n` };
    this.#entries.push(entry);
    if (this.#entries.length > LINES) this.#entries.shift();
    this.onLine(entry);
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }
}

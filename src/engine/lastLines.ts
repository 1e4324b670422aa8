/** Long enough for an assertion with its backtrace. */
const LINES = 20;
/** A line of a library that prints without end must not grow without end. */
const MAX_LINE = 500;

/** Keeps the last lines of a stream of text: what a dead process said before it died. */
export class LastLines {
  readonly #lines: string[] = [];
  #open = "";

  add(text: string): void {
    const parts = (this.#open + text).split(/\r?\n/);
    this.#open = parts.pop()!.slice(-MAX_LINE);
    for (const part of parts) this.#push(part);
  }

  #push(line: string): void {
    if (line.trim() === "") return;
    this.#lines.push(line.slice(0, MAX_LINE));
    if (this.#lines.length > LINES) this.#lines.shift();
  }

  /** Oldest first, an unfinished line last. */
  lines(): readonly string[] {
    return this.#open.trim() === "" ? [...this.#lines] : [...this.#lines, this.#open];
  }
}

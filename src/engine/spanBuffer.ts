import type { Span, Tracer } from "../runtime/trace.ts";

/** A message for each span would cost more than what it measures; too few, and a death takes the last of them along. */
const BATCH = 256;

/** Collects spans and hands them on in batches. Its clock counts ms since 1970: each process has its own zero, a run may have two processes. */
export class SpanBuffer implements Tracer {
  #spans: Span[] = [];
  readonly #send: (spans: readonly Span[]) => void;

  constructor(send: (spans: readonly Span[]) => void) {
    this.#send = send;
  }

  now(): number {
    return performance.timeOrigin + performance.now();
  }

  add(span: Span): void {
    this.#spans.push(span);
    if (this.#spans.length >= BATCH) this.flush();
  }

  flush(): void {
    if (this.#spans.length === 0) return;
    const spans = this.#spans;
    this.#spans = [];
    this.#send(spans);
  }
}

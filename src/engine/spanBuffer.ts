import type { Span, Tracer } from "../runtime/trace.ts";

/** A message for each span would cost more than what it measures. */
const BATCH = 256;
/** A death takes along what was not sent: no more than this much of the time line. */
const BATCH_MS = 250;

/** Collects spans and hands them on in batches. Its clock counts ms since 1970: each process has its own zero, a run may have two processes. */
export class SpanBuffer implements Tracer {
  #spans: Span[] = [];
  #sentAt: number;
  readonly #send: (spans: readonly Span[]) => void;
  readonly #clock: () => number;

  constructor(
    send: (spans: readonly Span[]) => void,
    clock: () => number = () => performance.timeOrigin + performance.now(),
  ) {
    this.#send = send;
    this.#clock = clock;
    this.#sentAt = clock();
  }

  now(): number {
    return this.#clock();
  }

  add(span: Span): void {
    this.#spans.push(span);
    if (this.#spans.length >= BATCH || span.end - this.#sentAt >= BATCH_MS) this.flush();
  }

  flush(): void {
    this.#sentAt = this.#clock();
    if (this.#spans.length === 0) return;
    const spans = this.#spans;
    this.#spans = [];
    this.#send(spans);
  }
}

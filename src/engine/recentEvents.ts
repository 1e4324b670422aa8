import type { MemoryEvent } from "../memory/eventLog.ts";
import type { EventsPage, EventsRequest, NumberedEvent } from "./messages.ts";

/** Some passes of a model that streams; a few hundred bytes each. */
const SIZE = 4096;

/** Where an event belongs: the weight's name and its model's title, where it has one. */
export interface EventPlace {
  readonly weight?: string | undefined;
  readonly model?: string | undefined;
  /** Of the CPU beside the main device. */
  readonly beside: boolean;
}

/**
 * The newest events of all devices of one engine, numbered and with the time of day, for who asks from outside. Numbers go up by one; the first
 * is the microsecond since 1970 at which the engine began, so that they also go up where another process takes over.
 */
export class RecentEvents {
  readonly #ring: NumberedEvent[] = [];
  readonly #size: number;
  readonly #now: () => number;
  #next: number;
  #held = 0;

  /** `now`: ms since 1970. */
  constructor(now: () => number = Date.now, size = SIZE) {
    this.#now = now;
    this.#size = size;
    this.#next = Math.floor(now()) * 1000;
  }

  add(event: MemoryEvent, { weight, model, beside }: EventPlace): void {
    const numbered: NumberedEvent = {
      seq: this.#next,
      time: this.#now(),
      event,
      ...(weight === undefined ? {} : { weight }),
      ...(model === undefined ? {} : { model }),
      ...(beside && { beside }),
    };
    this.#ring[this.#next % this.#size] = numbered;
    this.#next += 1;
    this.#held = Math.min(this.#held + 1, this.#size);
  }

  /** After `since` the oldest `max`, so that who goes on from the last one misses none; without it the newest `max`. */
  page({ since, max }: EventsRequest): EventsPage {
    const oldest = this.#next - this.#held;
    const from = since === null ? Math.max(oldest, this.#next - max) : Math.max(oldest, since + 1);
    const to = Math.min(this.#next, from + max);
    const events: NumberedEvent[] = [];
    for (let seq = from; seq < to; seq++) events.push(this.#ring[seq % this.#size]!);
    return { events, last: this.#held === 0 ? null : this.#next - 1, oldest: this.#held === 0 ? null : oldest };
  }
}

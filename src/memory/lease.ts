import type { Place } from "./deviceMemory.ts";
import type { Lease } from "./residency.ts";
import type { State } from "./state.ts";
import type { Use, WeightId } from "./words.ts";

/** Lease objects are used again; `release` of one that is not out is the caller's mistake. */
export class PooledLease implements Lease {
  current: Use | null = null;
  readonly #table: State["table"];

  constructor(table: State["table"]) {
    this.#table = table;
  }

  get use(): Use {
    if (this.current === null) throw new Error("invariant: a lease is read after its release");
    return this.current;
  }

  place(weight: WeightId): Place {
    const record = this.#table[weight];
    if (this.current === null || !record || record.holds === 0 || record.place === null) {
      throw new Error(`invariant: weight ${weight} is not under this lease`);
    }
    return record.place;
  }
}

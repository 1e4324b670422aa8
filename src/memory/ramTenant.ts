import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, Reason } from "./words.ts";

/** A residency as the RAM tier sees it: it says what its copies are worth and is told what happens to them. */
export interface RamTenant {
  /** How much a copy is needed: one of a lower rank makes way for one of a higher. Follows from decisions alone, never from timing. */
  rank(record: WeightRecord): number;
  /** A copy has left; `record.ram` is null by now. */
  left(record: WeightRecord, reason: Reason): void;
  /** The machine refused memory for a copy. */
  refused(bytes: Bytes): void;
  /** The tier's budget is another now. */
  budgeted(bytes: Bytes): void;
  /** The tier holds more or less than before. */
  resized(): void;
}

import { createFence, type SetFence } from "./createFence.ts";
import type { HostBlock } from "./hostMemory.ts";
import type { Load } from "./loader.ts";
import type { RamTenant } from "./ramTenant.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes } from "./words.ts";

/**
 * One weight's bytes in RAM, from the decision to keep them to the moment their memory is given back. It counts against the budget from
 * the decision on; memory is made when the read begins, and given back when the last load that needs it has ended.
 */
export class RamCopy {
  readonly record: WeightRecord;
  readonly tenant: RamTenant;
  readonly bytes: Bytes;
  /** When the tier last had to do with it: what was touched longest ago leaves first among equals. */
  touched: number;
  /** The read, until it has ended. */
  fill: Load | null = null;
  block: HostBlock | null = null;
  /** All bytes are there. */
  full = false;
  /** Loads that read or write the block, or will. */
  users = 0;
  /** There was no memory for it, and who waits for it has not begun to read the file instead: tells that nothing was read. */
  unread: (() => void) | null = null;
  /** It has left the tier; its memory follows when `users` is 0. */
  gone = false;
  /** Reached when its memory is given back. */
  readonly released: SetFence = createFence();

  constructor(record: WeightRecord, tenant: RamTenant, touched: number) {
    this.record = record;
    this.tenant = tenant;
    this.bytes = record.bytes;
    this.touched = touched;
  }
}

import type { Bytes } from "./words.ts";

/** What a device buffer is for. All kinds count against the one ceiling. */
export type LedgerKind = "weights" | "activations" | "carried" | "staging" | "reserve";

/**
 * Counts every byte of a device's memory where buffers are made, against the ceiling `--vram`. `charge` refuses what would pass the
 * ceiling, so that peak <= ceiling holds by construction and not by measurement.
 */
export interface Ledger {
  readonly ceiling: Bytes;
  /** Books `bytes`, or books nothing and says how many bytes are missing. */
  charge(kind: LedgerKind, bytes: Bytes): { readonly short: Bytes } | null;
  /** Takes back what was charged. */
  credit(kind: LedgerKind, bytes: Bytes): void;
  setCeiling(bytes: Bytes): void;
  readonly used: Bytes;
  readonly peak: Bytes;
  usedBy(kind: LedgerKind): Bytes;
  peakBy(kind: LedgerKind): Bytes;
}

import type { Ledger, LedgerKind } from "./ledger.ts";
import type { Bytes } from "./words.ts";

/** A ledger with nothing charged. `ceiling` in bytes. Lowering it below what is in use is legal: charges are refused until it is not. */
export function createLedger(ceiling: Bytes): Ledger {
  const now: Record<LedgerKind, Bytes> = { weights: 0, activations: 0, carried: 0, staging: 0, reserve: 0 };
  const peaks: Record<LedgerKind, Bytes> = { ...now };
  let used = 0;
  let peak = 0;
  return {
    get ceiling() {
      return ceiling;
    },
    get used() {
      return used;
    },
    get peak() {
      return peak;
    },
    charge(kind, bytes) {
      if (!(bytes >= 0)) throw new Error(`invariant: a charge of ${bytes} bytes to ${kind}`);
      if (bytes > 0 && used + bytes > ceiling) return { short: used + bytes - ceiling };
      used += bytes;
      now[kind] += bytes;
      peak = Math.max(peak, used);
      peaks[kind] = Math.max(peaks[kind], now[kind]);
      return null;
    },
    credit(kind, bytes) {
      if (!(bytes >= 0) || bytes > now[kind]) {
        throw new Error(`invariant: a credit of ${bytes} bytes to ${kind}, of which ${now[kind]} are charged`);
      }
      used -= bytes;
      now[kind] -= bytes;
    },
    setCeiling(bytes) {
      ceiling = bytes;
    },
    usedBy: (kind) => now[kind],
    peakBy: (kind) => peaks[kind],
  };
}

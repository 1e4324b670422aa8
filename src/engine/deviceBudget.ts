/** Changes below this share of the budget are not worth a replan. */
const STEP = 1 / 16;
/** Looks in a row that found more before the budget rises again: memory that others just gave back is often wanted again at once. */
const PATIENCE = 8;

export interface DeviceBudgetOptions {
  /** Bytes that the run began with: `--vram`, or what was free. */
  readonly start: number;
  /** The user gave `--vram`: the budget never rises above it. Else it also follows what other programs give back. */
  readonly fixed: boolean;
  /** Bytes of the device that are left to others: `--reserve-vram`, or the usual headroom. */
  readonly keep: number;
}

/** What a device with memory of its own has for this process, as its own count changes. */
export interface DeviceBudget {
  /** Looks again. `free`: bytes that the device says are free; `used`: bytes that this process counts as its own. Returns the budget. */
  follow(free: number, used: number): number;
}

/** A sudden loss counts at once, recovery after several looks in a row. Both as the device counts; pure: who looks, and when, is the caller's. */
export function deviceBudget({ start, fixed, keep }: DeviceBudgetOptions): DeviceBudget {
  let bytes = start;
  let more = 0;
  return {
    follow(free, used) {
      const there = Math.max(0, free + used - keep);
      const target = fixed ? Math.min(start, there) : there;
      if (target < bytes * (1 - STEP)) [bytes, more] = [target, 0];
      else if (target > bytes * (1 + STEP) || (target === start && bytes < start)) {
        if (++more >= PATIENCE) [bytes, more] = [target, 0];
      } else more = 0;
      return bytes;
    },
  };
}

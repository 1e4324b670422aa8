import type { Schedule, Use } from "./words.ts";

/** `uses[start..end)` runs `n` times (Infinity: until the announcement ends). */
export interface Loop {
  readonly start: number;
  readonly end: number;
  readonly n: number;
}

/**
 * A schedule laid flat: each use of the tree once, in order, and the loops over them, inner ones first. Repeats are not unrolled, so
 * a thousand steps of sixty stages stay sixty entries. Empty bodies and repeats of 0 leave nothing behind.
 */
export interface Track {
  readonly uses: readonly Use[];
  readonly loops: readonly Loop[];
}

/** Throws on a repeat count that is not a whole number >= 0: only a caller's mistake can make one. */
export function flatten(schedule: Schedule): Track {
  const uses: Use[] = [];
  const loops: Loop[] = [];
  const visit = (part: Schedule): void => {
    if (part.kind === "use") uses.push(part.use);
    else if (part.kind === "sequence") for (const item of part.items) visit(item);
    else {
      const n = part.n === "unknown" ? Number.POSITIVE_INFINITY : part.n;
      if (!(n >= 0) || (n !== Number.POSITIVE_INFINITY && !Number.isInteger(n))) {
        throw new Error(`invariant: a schedule repeats ${n} times`);
      }
      if (n === 0) return;
      const start = uses.length;
      visit(part.body);
      if (n > 1 && uses.length > start) loops.push({ start, end: uses.length, n });
    }
  };
  visit(schedule);
  return { uses, loops };
}

/** Which use can follow which: `[from, to]` as indices into `uses`, the ways back of loops included. */
export function successions({ uses, loops }: Track): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < uses.length; i++) pairs.push([i, i + 1]);
  for (const { start, end } of loops) pairs.push([end - 1, start]);
  return pairs;
}

/** How often each use runs in all. A repeat of unknown length counts as 8: more than once is what matters, and it has to be a number. */
export function multiplicities({ uses, loops }: Track): readonly number[] {
  const times = new Array<number>(uses.length).fill(1);
  for (const { start, end, n } of loops) {
    for (let i = start; i < end; i++) times[i]! *= n === Number.POSITIVE_INFINITY ? 8 : n;
  }
  return times;
}

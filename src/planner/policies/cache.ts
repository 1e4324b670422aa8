import type { Bytes, Use, WeightId } from "../../memory/words.ts";
import type { Move } from "../move.ts";

/** What a replacement policy may look at. Times count uses through all runs. */
export interface CacheView {
  /** When it was used last; -1: not yet. */
  lastUse(weight: WeightId): number;
  /** When it was brought. */
  broughtAt(weight: WeightId): number;
  /** When it will be used next: a clairvoyant's knowledge. Infinity: never again. */
  nextUse(weight: WeightId): number;
}

/** The lower the value, the sooner a weight leaves. */
export type Worth = (weight: WeightId, view: CacheView) => number;

export interface CacheRun {
  readonly uses: readonly Use[];
  /** Bytes that weights may take. */
  readonly budget: Bytes;
}

/**
 * Caches on demand, as they are taught: weights come when a use needs them, and the least worthy leave. Kinder than they are: what a use
 * lacks is brought while the one before computes, if both fit. No chunks, no gaps: the bytes they move are a lower bound of what such a
 * cache would. Returns the moves of each run, or the first use whose own weights pass the budget.
 */
export function simulateCache(
  runs: readonly CacheRun[],
  bytes: (weight: WeightId) => Bytes,
  worth: Worth,
): {
  readonly moves: readonly (readonly Move[])[];
  readonly short: { readonly run: number; readonly use: Use; readonly bytes: Bytes } | null;
} {
  const uses = runs.flatMap((run) => run.uses);
  const times = new Map<WeightId, number[]>();
  uses.forEach(({ weights }, at) => {
    for (const weight of new Set(weights)) {
      const list = times.get(weight);
      if (list) list.push(at);
      else times.set(weight, [at]);
    }
  });
  const passed = new Map<WeightId, number>();
  const last = new Map<WeightId, number>();
  const brought = new Map<WeightId, number>();
  let now = 0;
  const view: CacheView = {
    lastUse: (weight) => last.get(weight) ?? -1,
    broughtAt: (weight) => brought.get(weight)!,
    nextUse(weight) {
      const list = times.get(weight)!;
      let i = passed.get(weight) ?? 0;
      while (i < list.length && list[i]! < now) i++;
      passed.set(weight, i);
      return list[i] ?? Number.POSITIVE_INFINITY;
    },
  };

  const resident = new Set<WeightId>();
  let used = 0;
  const sum = (list: Iterable<WeightId>): Bytes => [...list].reduce((total, weight) => total + bytes(weight), 0);
  const moves: Move[][] = [];
  for (const [r, run] of runs.entries()) {
    const own: Move[] = [];
    moves.push(own);
    for (const [step, use] of run.uses.entries()) {
      const wanted = new Set(use.weights);
      const before = run.uses[step - 1]?.weights ?? [];
      if (sum(wanted) > run.budget) return { moves, short: { run: r, use, bytes: sum(wanted) } };
      // Together with the use that still computes, where there is room for both.
      const both = new Set([...wanted, ...before]);
      const ahead = sum(both) <= run.budget;
      const held = ahead ? both : wanted;
      for (const weight of [null, ...wanted]) {
        if (weight !== null && resident.has(weight)) continue;
        const size = weight === null ? 0 : bytes(weight);
        while (used + size > run.budget) {
          let victim: WeightId | null = null;
          let least = Number.POSITIVE_INFINITY;
          for (const other of resident) {
            if (held.has(other)) continue;
            const value = worth(other, view);
            if (victim === null || value < least) [victim, least] = [other, value];
          }
          if (victim === null) throw new Error("invariant: what a use holds passes the budget it was checked against");
          resident.delete(victim);
          used -= bytes(victim);
        }
        if (weight === null) continue;
        resident.add(weight);
        brought.set(weight, now);
        used += size;
        own.push({ weight, bytes: size, from: ahead ? Math.max(0, step - 1) : step, needed: step, streams: false });
      }
      for (const weight of wanted) last.set(weight, now);
      now++;
    }
  }
  return { moves, short: null };
}

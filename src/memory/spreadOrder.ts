import type { Bytes, WeightId } from "./words.ts";

/** 1/phi: its multiples, modulo 1, fall into the largest gap that is left, for any count of them. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * `weights` in scan order, reordered so that every prefix is spread evenly over their bytes: the k-th target is k/phi of the way through the
 * bytes (modulo 1), and the first weight at or after it that is not taken yet is next.
 */
export function spreadOrder(weights: readonly WeightId[], bytes: (weight: WeightId) => Bytes): WeightId[] {
  const ends: Bytes[] = [];
  let total = 0;
  for (const weight of weights) ends.push((total += bytes(weight)));

  /** next[i]: the first weight at or after i that is not taken, weights.length: none (a disjoint-set forest). */
  const next = Array.from({ length: weights.length + 1 }, (_, i) => i);
  const find = (i: number): number => {
    while (next[i] !== i) i = next[i] = next[next[i]!]!;
    return i;
  };
  const order: WeightId[] = [];
  for (let k = 1; k <= weights.length; k++) {
    let i = find(firstEndAfter(ends, ((k * GOLDEN) % 1) * total));
    if (i === weights.length) i = find(0);
    order.push(weights[i]!);
    next[i] = i + 1;
  }
  return order;
}

function firstEndAfter(ends: readonly Bytes[], position: Bytes): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > position) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low);
}

import { multiplicities, type Track } from "./schedule.ts";
import type { Bytes, WeightId } from "./words.ts";

/** 1/phi: its multiples, modulo 1, fall into the largest gap that is left, for any count of them. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** A weight below this share of the model is tiny: norms and biases, whose cost is the move and not the bytes. */
const TINY = 1 / 4096;

/**
 * The one order in which weights are pinned: a plan pins a prefix of it. It depends on the schedule and the sizes, never on the budget,
 * so that the pins of a smaller budget are among those of a larger one and a change of budget moves little.
 *
 * Tiny weights come first, then those that run most often. The rest is spread over the scan: the k-th target is k/phi of the way
 * through the bytes (modulo 1), and the first weight at or after it that is not taken yet is next. Any prefix leaves streamed bytes
 * spread evenly, which is what lets copies hide under compute. Source: residency.md, "What is known" (pins spread evenly).
 */
export function pinOrder(track: Track, bytes: (weight: WeightId) => Bytes): readonly WeightId[] {
  const times = new Map<WeightId, number>();
  const counts = multiplicities(track);
  track.uses.forEach((use, i) => {
    for (const weight of new Set(use.weights)) times.set(weight, (times.get(weight) ?? 0) + counts[i]!);
  });
  let model = 0;
  for (const weight of times.keys()) model += bytes(weight);

  const classes = new Map<number, WeightId[]>();
  for (const [weight, n] of times) {
    const rank = bytes(weight) <= model * TINY ? Number.POSITIVE_INFINITY : n;
    const list = classes.get(rank);
    if (list) list.push(weight);
    else classes.set(rank, [weight]);
  }
  return [...classes.keys()].sort((a, b) => b - a).flatMap((rank) => spread(classes.get(rank)!, bytes));
}

/** `weights` in scan order, reordered so that every prefix is spread evenly over their bytes. */
function spread(weights: readonly WeightId[], bytes: (weight: WeightId) => Bytes): WeightId[] {
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

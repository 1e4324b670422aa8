import { computeShares } from "./computeShares.ts";
import { Heap } from "./heap.ts";
import { neighbours } from "./neighbours.ts";
import { multiplicities, type Track } from "./schedule.ts";
import { spreadOrder } from "./spreadOrder.ts";
import type { Bytes, WeightId } from "./words.ts";

/** A weight below this share of the model is tiny: norms and biases, whose cost is the move and not the bytes. */
const TINY = 1 / 4096;

/**
 * The one order in which weights are pinned: a plan pins a prefix of it. It depends on the schedule and the sizes, never on the budget,
 * so that the pins of a smaller budget are among those of a larger one and a change of budget moves little.
 *
 * Tiny weights come first, then those that run most often. Within each the order is made from its end, and levels what streams: the next
 * weight to give up is the one after which the largest two neighbouring stages stream least; of several, the one whose surroundings
 * compute most for their bytes; of several, by turns over the scan (multiples of 1/phi). Two stages are what a window holds, so that any
 * prefix needs a small one, and streamed bytes follow compute, which is what hides copies. Source: residency.md, "What is known" (pins
 * spread evenly) and "A recommended algorithm", 2.
 */
export function pinOrder(track: Track, bytes: (weight: WeightId) => Bytes): readonly WeightId[] {
  const { uses } = track;
  const times = new Map<WeightId, number>();
  const stages = new Map<WeightId, number[]>();
  const counts = multiplicities(track);
  uses.forEach((use, i) => {
    for (const weight of new Set(use.weights)) {
      times.set(weight, (times.get(weight) ?? 0) + counts[i]!);
      const list = stages.get(weight);
      if (list) list.push(i);
      else stages.set(weight, [i]);
    }
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

  const besides = neighbours(track);
  const compute = computeShares(track);
  const streamed = new Array<Bytes>(uses.length).fill(0);
  /** As if the weight streamed too: bytes of the largest two stages around it, and bytes by compute. Both only grow as others are given up. */
  const measure = (entry: Entry): void => {
    entry.level = entry.density = 0;
    for (const i of stages.get(entry.weight)!) {
      const own = streamed[i]! + entry.bytes;
      let [most, around, work] = [0, own, compute[i]!];
      for (const j of besides[i]!) {
        most = Math.max(most, streamed[j]!);
        around += streamed[j]! / 2;
        work += compute[j]! / 2;
      }
      entry.level = Math.max(entry.level, own + most);
      entry.density = Math.max(entry.density, around / work);
    }
  };

  const given: WeightId[] = [];
  for (const rank of [...classes.keys()].sort((a, b) => a - b)) {
    const turns = spreadOrder(classes.get(rank)!, bytes);
    const heap = new Heap<Entry>(before);
    turns.forEach((weight, turn) => {
      const entry = { weight, bytes: bytes(weight), level: 0, density: 0, turn };
      measure(entry);
      heap.add(entry);
    });
    for (let entry = heap.take(); entry !== undefined; entry = heap.take()) {
      // It may have been measured before its neighbours were given up.
      const { level, density } = entry;
      measure(entry);
      const isNews = entry.level !== level || entry.density !== density;
      if (isNews && heap.first !== undefined && before(heap.first, entry)) {
        heap.add(entry);
        continue;
      }
      given.push(entry.weight);
      for (const i of stages.get(entry.weight)!) streamed[i]! += entry.bytes;
    }
  }
  return given.reverse();
}

interface Entry {
  readonly weight: WeightId;
  readonly bytes: Bytes;
  level: Bytes;
  density: number;
  readonly turn: number;
}

const before = (a: Entry, b: Entry): boolean =>
  a.level !== b.level ? a.level < b.level : a.density !== b.density ? a.density < b.density : a.turn < b.turn;

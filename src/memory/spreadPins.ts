import { pinOrder } from "./pinOrder.ts";
import type { Plan, Policy } from "./policy.ts";
import { flatten, successions } from "./schedule.ts";
import { windowChunks } from "./windowChunks.ts";
import { type Bytes, fail, ok, type WeightId } from "./words.ts";

/**
 * The default policy: pin as much as fits, spread over the scan, and stream the rest through a window. It moves M - R bytes a pass (M
 * the model, R the pins), and no policy can move fewer than M - budget; LRU would move M. Source: residency.md, "What is known".
 *
 * Everything fits: all is pinned, no window. Else the pins are the longest prefix of `pinOrder` that leaves room for the window of
 * what it streams: two consecutive stages and one weight for the ring's wrap, so that stage t + 1 loads under stage t. Where not even
 * that fits, the window is the largest stage and nothing overlaps. R >= budget - window - one weight, since one more pin would not fit.
 */
export const spreadPins: Policy = {
  name: "spread-pins",
  plan(state, schedule) {
    const track = flatten(schedule);
    const order = pinOrder(track, state.bytes);
    let modelBytes = 0;
    for (const weight of order) modelBytes += state.bytes(weight);
    const plan = (pins: number, pinnedBytes: Bytes, window: readonly Bytes[], ahead: boolean): Plan => ({
      policy: "spread-pins",
      modelBytes,
      pinned: new Set(order.slice(0, pins)),
      pinnedBytes,
      windowBytes: sum(window),
      windowChunks: window,
      ahead,
      eager: false,
    });
    if (modelBytes <= state.budget) return ok(plan(order.length, modelBytes, [], true));

    const usedBy = new Map<WeightId, number[]>();
    track.uses.forEach((use, i) => {
      for (const weight of new Set(use.weights)) {
        const list = usedBy.get(weight);
        if (list) list.push(i);
        else usedBy.set(weight, [i]);
      }
    });
    const neighbours: number[][] = track.uses.map(() => []);
    for (const [from, to] of successions(track)) {
      if (from === to) continue;
      neighbours[from]!.push(to);
      neighbours[to]!.push(from);
    }

    // Unpin from the end of the order, one weight at a time: what each stage streams only grows, so the maxima are running ones and the
    // whole search is one walk over the uses.
    const streamed = new Array<Bytes>(track.uses.length).fill(0);
    const counts = new Array<number>(track.uses.length).fill(0);
    let pinnedBytes = modelBytes;
    let largest = 0;
    let [pair, pairCount, stage, stageCount, worst] = [0, 0, 0, 0, 0];
    let alone: Plan | undefined;
    let needed = modelBytes;
    for (let pins = order.length - 1; pins >= 0; pins--) {
      const weight = order[pins]!;
      const bytes = state.bytes(weight);
      pinnedBytes -= bytes;
      largest = Math.max(largest, bytes);
      for (const i of usedBy.get(weight)!) {
        streamed[i]! += bytes;
        counts[i]!++;
      }
      for (const i of usedBy.get(weight)!) {
        if (streamed[i]! > stage) [stage, worst] = [streamed[i]!, i];
        stageCount = Math.max(stageCount, counts[i]!);
        pair = Math.max(pair, streamed[i]!);
        pairCount = Math.max(pairCount, counts[i]!);
        for (const j of neighbours[i]!) {
          pair = Math.max(pair, streamed[i]! + streamed[j]!);
          pairCount = Math.max(pairCount, counts[i]! + counts[j]!);
        }
      }
      const two = windowChunks(pair, largest, pairCount, state.maxChunkBytes, true);
      if (pinnedBytes + sum(two) <= state.budget) return ok(plan(pins, pinnedBytes, two, true));
      const one = windowChunks(stage, largest, stageCount, state.maxChunkBytes, false);
      needed = Math.min(needed, pinnedBytes + sum(one));
      if (alone === undefined && pinnedBytes + sum(one) <= state.budget) alone = plan(pins, pinnedBytes, one, false);
    }
    if (alone !== undefined) return ok(alone);
    return fail({ stage: track.uses[worst]?.stage ?? "", needed, budget: state.budget });
  },
};

const sum = (list: readonly Bytes[]): Bytes => list.reduce((a, b) => a + b, 0);

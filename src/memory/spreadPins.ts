import { computeShares } from "./computeShares.ts";
import { passTime } from "./passTime.ts";
import { pinOrder } from "./pinOrder.ts";
import type { Plan, Policy } from "./policy.ts";
import { flatten, multiplicities } from "./schedule.ts";
import { streamedByPins } from "./streamedByPins.ts";
import { windowChunks } from "./windowChunks.ts";
import { type WindowPlace, windowPlaces } from "./windowPlaces.ts";
import { type Bytes, fail, ok, type WeightId } from "./words.ts";

/** About so many plans are tried, evenly over the size of the window: as many as weights of a block's size make, in some milliseconds. */
const TRIES = 24;
/** A plan of fewer bytes is preferred to one that costs so much less: the cost is an estimate, bytes are not. */
const NOISE = 0.005;
/** The largest window that is tried, in windows that hold two stages and lose a weight where they wrap: beyond it only bytes grow. */
const WIDE = 1.5;
/**
 * How fast copies are taken to be: half of the model while all of it is computed, where they are hardest to hide. (A plan must not depend on what is
 * measured: it would then be another in each run.)
 */
const COPIED_IN_A_PASS = 0.5;

/**
 * The default policy: pin as much as fits, spread over the scan, and stream the rest through a window. It moves M - R bytes a pass (M
 * the model, R the pins), and no policy can move fewer than M - budget; LRU would move M. Source: residency.md, "What is known".
 *
 * Everything fits: all is pinned, no window. Else the pins are a prefix of `pinOrder` and the window is all the rest of the budget, so that
 * R >= budget - window - one weight. How long a prefix is searched for: each pin less is more bytes a pass and more window, through which more is
 * brought under compute. The plan with the least cost wins: the time of the copies alone and the time of a pass whose copies run under
 * compute, added, which is what it costs on a device that does one thing at a time and on one that does both. It follows from sizes and operations
 * alone. Where weights are shared so that no prefix has a place in the window for each of its own, each stage is packed into it anew.
 */
export const spreadPins: Policy = {
  name: "spread-pins",
  plan(state, schedule) {
    const track = flatten(schedule);
    const order = pinOrder(track, state.bytes);
    let modelBytes = 0;
    for (const weight of order) modelBytes += state.bytes(weight);
    const plan = (
      pins: number,
      pinnedBytes: Bytes,
      windowChunks: readonly Bytes[],
      ahead: boolean,
      places?: ReadonlyMap<WeightId, WindowPlace>,
    ): Plan => ({
      policy: "spread-pins",
      modelBytes,
      pinned: new Set(order.slice(0, pins)),
      pinnedBytes,
      windowBytes: sum(windowChunks),
      windowChunks,
      ...(places && { places }),
      ahead,
      eager: false,
    });
    if (modelBytes <= state.budget) return ok(plan(order.length, modelBytes, [], true));

    const walked = streamedByPins(track, order, state.bytes);
    // The least that is enough: each stage in a window that is emptied for it.
    let needed = modelBytes;
    let alone: Plan | undefined;
    for (let pins = order.length - 1; pins >= 0 && alone === undefined; pins--) {
      const { pinnedBytes, stage, stageCount, largest } = walked[pins]!;
      const one = windowChunks(stage, largest, stageCount, state.maxChunkBytes, false);
      needed = Math.min(needed, pinnedBytes + sum(one));
      if (pinnedBytes + sum(one) <= state.budget) alone = plan(pins, pinnedBytes, one, false);
    }
    if (alone === undefined)
      return fail({ stage: track.uses[walked[0]?.worst ?? 0]?.stage ?? "", needed, budget: state.budget });

    // The most pins that leave room for what one stage streams, and those that leave room for more than two need.
    let most = -1;
    let fewest = 0;
    for (let pins = order.length - 1; pins >= 0; pins--) {
      const { pinnedBytes, stage, pair, largest } = walked[pins]!;
      if (most < 0 && pinnedBytes + stage <= state.budget) most = pins;
      if (pinnedBytes + WIDE * (pair + largest) > state.budget) continue;
      fewest = pins;
      break;
    }
    const compute = computeShares(track);
    const counts = multiplicities(track);
    const often = Math.max(...counts);
    const place = new Map(order.map((weight, i) => [weight, i]));
    const own = track.uses.map(({ weights }) => [...new Set(weights)]);
    const grain = order.reduce((divisor, weight) => gcd(divisor, state.bytes(weight)), 0);
    const rate = COPIED_IN_A_PASS * modelBytes;
    const tried: { readonly cost: number; readonly plan: () => Plan }[] = [];
    const attempt = (pins: number): void => {
      const { pinnedBytes, pair, largest } = walked[pins]!;
      const streamed = own.map((weights) => weights.filter((weight) => place.get(weight)! >= pins));
      let moved = 0;
      streamed.forEach((weights, i) => {
        for (const weight of weights) moved += (state.bytes(weight) * counts[i]!) / often;
      });
      const room = state.budget - pinnedBytes;
      for (const shape of ["ring", "sides"] as const) {
        // Room for a pin more, and nothing that it would be used for.
        if (shape === "sides" && room >= pair + largest) continue;
        const chunks = cut(shape === "sides" ? Math.min(room, pair) : room, state.maxChunkBytes, grain);
        const places = windowPlaces(streamed, state.bytes, chunks, shape);
        if (places === null) continue;
        const windowBytes = sum(chunks);
        const { time, late } = passTime({ compute, streamed, bytes: state.bytes, places, windowBytes, rate });
        const cost = moved / rate + time;
        const used = () => (shape === "ring" ? trimmed(chunks, places, state.bytes) : chunks);
        tried.push({ cost, plan: () => plan(pins, pinnedBytes, used(), !late, places) });
      }
    };
    if (most >= 0) {
      const bytesOf = (pins: number): Bytes => walked[pins]!.pinnedBytes;
      const gap = Math.max(1, (bytesOf(most) - bytesOf(fewest)) / TRIES);
      for (let pins = most, last = Number.POSITIVE_INFINITY; pins >= fewest; pins--) {
        if (last - bytesOf(pins) < gap) continue;
        last = bytesOf(pins);
        attempt(pins);
      }
    }
    const least = Math.min(...tried.map(({ cost }) => cost));
    // The most pins come first.
    const best = tried.find(({ cost }) => cost <= (1 + NOISE) * least);
    if (best !== undefined) return ok(best.plan());
    return ok(alone);
  },
};

/** `bytes` in chunks that the device can make, each a multiple of what all sizes are multiples of. */
function cut(bytes: Bytes, maxChunkBytes: Bytes, grain: Bytes): readonly Bytes[] {
  const full = maxChunkBytes - (maxChunkBytes % grain);
  const chunks: Bytes[] = [];
  // Every weight is larger than a chunk can be: there is no window.
  if (full <= 0) return chunks;
  for (let rest = bytes - (bytes % grain); rest > 0; rest -= chunks.at(-1)!) chunks.push(Math.min(rest, full));
  return chunks;
}

/** Without the end of the last chunk that no place reaches. */
function trimmed(
  chunks: readonly Bytes[],
  places: ReadonlyMap<WeightId, WindowPlace>,
  bytes: (weight: WeightId) => Bytes,
): readonly Bytes[] {
  let end = 0;
  for (const [weight, { chunk, offset }] of places)
    if (chunk === chunks.length - 1) end = Math.max(end, offset + bytes(weight));
  return end === 0 ? chunks.slice(0, -1) : [...chunks.slice(0, -1), end];
}

const gcd = (a: number, b: number): number => {
  while (b > 0) [a, b] = [b, a % b];
  return a;
};

const sum = (list: readonly Bytes[]): Bytes => list.reduce((a, b) => a + b, 0);

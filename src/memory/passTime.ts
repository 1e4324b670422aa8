import type { WindowPlace } from "./windowPlaces.ts";
import type { Bytes, WeightId } from "./words.ts";

/** Passes that are simulated; the last one is taken for a steady one. */
const PASSES = 3;

export interface PassInput {
  /** Of each stage: its compute, in any unit of time. */
  readonly compute: readonly number[];
  /** What each stage streams. */
  readonly streamed: readonly (readonly WeightId[])[];
  readonly bytes: (weight: WeightId) => Bytes;
  readonly places: ReadonlyMap<WeightId, WindowPlace>;
  readonly windowBytes: Bytes;
  /** Bytes that are copied in one unit of time. */
  readonly rate: number;
}

/** `time` of a steady pass. `late`: something can only be brought when its own stage begins. */
export interface PassTime {
  readonly time: number;
  readonly late: boolean;
}

/**
 * How long a scan over the stages takes whose copies run under compute, given the place of each weight that streams: the rules of `prefetch`
 * and of the planner's clock, on numbers. Copies are made in the schedule's order; one may begin when the weights whose place it takes have been
 * used, at most a pass ahead, and of a pass that has not begun only for its first stage. A stage begins when its weights are there.
 */
export function passTime({ compute, streamed, bytes, places, windowBytes, rate }: PassInput): PassTime {
  const n = compute.length;
  const stage: number[] = [];
  const chunk: number[] = [];
  const start: Bytes[] = [];
  const end: Bytes[] = [];
  streamed.forEach((weights, t) => {
    for (const weight of weights) {
      const place = places.get(weight)!;
      stage.push(t);
      chunk.push(place.chunk);
      start.push(place.offset);
      end.push(place.offset + bytes(weight));
    }
  });
  const count = stage.length;
  if (count === 0) return { time: compute.reduce((a, b) => a + b, 0), late: false };

  /** The step of its own pass at which each copy may begin; negative: in the pass before. */
  const begin = new Array<number>(count).fill(0);
  let late = false;
  let latest = -n;
  for (let lap = 0; lap < 2; lap++) {
    // What the last copies of the pass before had to wait for is waited for by all that come after them.
    latest = lap === 0 ? -n : latest - n;
    for (let i = 0; i < count; i++) {
      let from = Math.max(stage[i]! - n, stage[i]! > 0 ? 0 : -n);
      // Back through what lies in the window before it: older copies have made way for these.
      let passed = 0;
      for (let back = 1; back < count && passed < 2 * windowBytes; back++) {
        const j = i - back < 0 ? i - back + count : i - back;
        passed += end[j]! - start[j]!;
        if (chunk[j] !== chunk[i] || start[j]! >= end[i]! || start[i]! >= end[j]!) continue;
        from = Math.max(from, stage[j]! + 1 - (i - back < 0 ? n : 0));
        break;
      }
      latest = Math.max(latest, from);
      begin[i] = Math.min(latest, stage[i]!);
      late ||= begin[i] === stage[i] && stage[i]! > 0;
    }
  }

  const ends = new Array<number>(n * PASSES).fill(0);
  let [now, copied, next] = [0, 0, 0];
  const arrivals = new Array<number>(count * PASSES).fill(0);
  let waits = 0;
  for (let step = 0; step < n * PASSES; step++) {
    for (; next < count * PASSES; next++) {
      const i = next % count;
      const first = ((next - i) / count) * n + begin[i]!;
      if (first > step) break;
      copied = Math.max(copied, first <= 0 ? 0 : ends[first - 1]!) + (end[i]! - start[i]!) / rate;
      arrivals[next] = copied;
    }
    for (; waits < next && Math.floor(waits / count) * n + stage[waits % count]! <= step; waits++)
      now = Math.max(now, arrivals[waits]!);
    now += compute[step % n]!;
    ends[step] = now;
  }
  return { time: now - ends[n * (PASSES - 1) - 1]!, late };
}

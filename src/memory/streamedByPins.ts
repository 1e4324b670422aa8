import { neighbours } from "./neighbours.ts";
import type { Track } from "./schedule.ts";
import type { Bytes, WeightId } from "./words.ts";

/** What streams when so many weights of the order are pinned. */
export interface StreamedByPins {
  readonly pinnedBytes: Bytes;
  /** The largest weight, stage, and pair of stages that may follow each other. */
  readonly largest: Bytes;
  readonly stage: Bytes;
  readonly pair: Bytes;
  /** The most weights of a stage, and the stage with the most bytes. */
  readonly stageCount: number;
  readonly worst: number;
}

/**
 * By count of pins, 0 to one less than all, for a prefix of `order`. Unpinning one after the other only makes what each stage streams grow: the
 * maxima are running ones, and all of it is one walk.
 */
export function streamedByPins(
  track: Track,
  order: readonly WeightId[],
  bytes: (weight: WeightId) => Bytes,
): readonly StreamedByPins[] {
  const usedBy = new Map<WeightId, number[]>();
  track.uses.forEach((use, i) => {
    for (const weight of new Set(use.weights)) {
      const list = usedBy.get(weight);
      if (list) list.push(i);
      else usedBy.set(weight, [i]);
    }
  });
  const besides = neighbours(track);
  const streamed = new Array<Bytes>(track.uses.length).fill(0);
  const counts = new Array<number>(track.uses.length).fill(0);
  let pinnedBytes = order.reduce((total, weight) => total + bytes(weight), 0);
  let [largest, stage, pair, stageCount, worst] = [0, 0, 0, 0, 0];
  const walked: StreamedByPins[] = [];
  for (let pins = order.length - 1; pins >= 0; pins--) {
    const weight = order[pins]!;
    pinnedBytes -= bytes(weight);
    largest = Math.max(largest, bytes(weight));
    for (const i of usedBy.get(weight)!) {
      streamed[i]! += bytes(weight);
      counts[i]!++;
    }
    for (const i of usedBy.get(weight)!) {
      if (streamed[i]! > stage) [stage, worst] = [streamed[i]!, i];
      stageCount = Math.max(stageCount, counts[i]!);
      pair = Math.max(pair, streamed[i]!);
      for (const j of besides[i]!) pair = Math.max(pair, streamed[i]! + streamed[j]!);
    }
    walked[pins] = { pinnedBytes, largest, stage, pair, stageCount, worst };
  }
  return walked;
}

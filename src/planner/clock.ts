import type { Bytes, Use } from "../memory/words.ts";
import type { Move } from "./move.ts";

export interface ClockInput {
  readonly uses: readonly Use[];
  /** In the order in which they are begun. */
  readonly moves: readonly Move[];
  /** Operations per second that the device computes. */
  readonly flopsPerSecond: number;
  /** Bytes per second from where weights are to the device's memory. */
  readonly bytesPerSecond: number;
  /** Copies run under compute; else the two take turns. */
  readonly overlap: boolean;
}

/** Seconds. `stall`: what the device waits for copies. */
export interface ClockTime {
  readonly seconds: number;
  readonly compute: number;
  readonly copy: number;
  readonly stall: number;
  /** When each use was done. */
  readonly ends: readonly number[];
}

/**
 * A run on a virtual clock: one queue computes, one copies, both in order. A copy begins when the queue is free and the use before `from`
 * is done; a use begins when the one before is done and its weights are there. Source: residency.md, "What is known".
 */
export function clock({ uses, moves, flopsPerSecond, bytesPerSecond, overlap }: ClockInput): ClockTime {
  const seconds = (bytes: Bytes): number => bytes / bytesPerSecond;
  const ends: number[] = [];
  const arrived = new Array<number>(uses.length + 1).fill(0);
  let [now, copying, compute, copy, next] = [0, 0, 0, 0, 0];
  uses.forEach(({ flops }, step) => {
    // The log is in order of `from`: what may begin by now is looked at once.
    while (next < moves.length && moves[next]!.from <= step) {
      const { bytes, from, needed } = moves[next++]!;
      copying = Math.max(copying, from === 0 ? 0 : ends[from - 1]!) + seconds(bytes);
      copy += seconds(bytes);
      arrived[needed] = Math.max(arrived[needed]!, copying);
    }
    const work = flops / flopsPerSecond;
    compute += work;
    now = Math.max(now, arrived[step]!) + work;
    ends.push(now);
  });
  for (; next < moves.length; next++) copy += seconds(moves[next]!.bytes);
  if (overlap) return { seconds: now, compute, copy, stall: now - compute, ends };
  return {
    seconds: compute + copy,
    compute,
    copy,
    stall: copy,
    ends: serialEnds(uses, moves, flopsPerSecond, seconds),
  };
}

function serialEnds(
  uses: readonly Use[],
  moves: readonly Move[],
  flopsPerSecond: number,
  seconds: (bytes: Bytes) => number,
): readonly number[] {
  let [now, next] = [0, 0];
  return uses.map(({ flops }, step) => {
    for (; next < moves.length && moves[next]!.from <= step; next++) now += seconds(moves[next]!.bytes);
    return (now += flops / flopsPerSecond);
  });
}

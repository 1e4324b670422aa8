import { clock } from "../../src/planner/clock.ts";
import { runPolicy } from "../../src/planner/runPolicy.ts";
import type { Scenario } from "./scenarios.ts";

/** A policy at a budget. Bytes and seconds are of a steady pass: the mean over all passes after a run's first. Null: it does not fit. */
export interface Measured {
  readonly policy: string;
  readonly share: number;
  readonly budget: number;
  readonly passBytes: number;
  /** All runs, first passes included. */
  readonly allBytes: number;
  /** M - B, of the same passes: what no policy can go below. */
  readonly boundBytes: number;
  /** M - R of what the policy pins; 0 for caches. */
  readonly pinnedBytes: number;
  readonly windowBytes: number;
  readonly passSeconds: number;
  readonly stallSeconds: number;
  /** max(C, (M - B) / beta). */
  readonly boundSeconds: number;
}

/** Where copies take as long as compute when half of the weights move: the hardest place to hide them. */
export function ratesFor({ runs }: Awaited<ReturnType<typeof runPolicy>>) {
  const largest = runs.reduce((a, b) => (b.modelBytes > a.modelBytes ? b : a));
  const flops = largest.uses.slice(0, passLength(largest.uses)).reduce((sum, use) => sum + use.flops, 0);
  return { flopsPerSecond: flops, bytesPerSecond: largest.modelBytes / 2 };
}

/** Uses of one pass: up to where the first stage comes again. */
function passLength(uses: readonly { readonly stage: string }[]): number {
  const again = uses.findIndex(({ stage }, i) => i > 0 && stage === uses[0]!.stage);
  return again < 0 ? uses.length : again;
}

export async function measure(
  { input, modelBytes }: Scenario,
  policy: string,
  share: number,
  rates: { readonly flopsPerSecond: number; readonly bytesPerSecond: number },
): Promise<Measured | null> {
  const budget = Math.floor(share * modelBytes);
  const { runs, doesNotFit } = await runPolicy(policy, input(budget));
  if (doesNotFit) return null;
  let [passes, bytes, bound, seconds, stall, boundSeconds, pinned, window, all] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const run of runs) {
    all += run.movedBytes;
    const length = passLength(run.uses);
    const n = run.uses.length / length;
    if (n < 2) continue;
    const steady = run.moves.filter(({ needed }) => needed >= length && needed < run.uses.length);
    passes += n - 1;
    bytes += steady.reduce((sum, move) => sum + move.bytes, 0);
    const least = Math.max(0, run.modelBytes - budget);
    bound += (n - 1) * least;
    const { ends } = clock({ uses: run.uses, moves: run.moves, ...rates, overlap: true });
    const took = ends.at(-1)! - ends[length - 1]!;
    const compute = run.uses.slice(length).reduce((sum, { flops }) => sum + flops, 0) / rates.flopsPerSecond;
    seconds += took;
    stall += took - compute;
    boundSeconds += Math.max(compute, ((n - 1) * least) / rates.bytesPerSecond);
    if (run.modelBytes === modelBytes) [pinned, window] = [run.pinnedBytes, run.windowBytes];
  }
  return {
    policy,
    share,
    budget,
    passBytes: bytes / passes,
    allBytes: all,
    boundBytes: bound / passes,
    pinnedBytes: pinned,
    windowBytes: window,
    passSeconds: seconds / passes,
    stallSeconds: stall / passes,
    boundSeconds: boundSeconds / passes,
  };
}

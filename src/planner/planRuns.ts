import type { DoesNotFit } from "../memory/residency.ts";
import type { Bytes, WeightId } from "../memory/words.ts";
import type { Work } from "./estimate.ts";
import type { Move } from "./move.ts";
import type { PredictInput } from "./predict.ts";
import { type PolicyRun, runPolicy } from "./runPolicy.ts";

/** What is planned for beside the device: where bytes come from. */
export interface PlanTiers {
  /** Bytes of host memory that weights may take, beside the device; 0 on a device whose memory is the machine's own. */
  readonly ram: Bytes;
}

/** One run, as numbers. */
export interface RunPlan {
  readonly run: PolicyRun;
  readonly passes: number;
  /** The first pass loads; the others are alike. `steady` is null for a single pass. */
  readonly first: Work;
  readonly steady: Work | null;
  readonly total: Work;
  /** By stage, in order: bytes that stay in VRAM for the run, and bytes that come each pass. Weights of several stages count in each. */
  readonly stages: readonly StagePlan[];
}

export interface StagePlan {
  readonly stage: string;
  readonly stays: Bytes;
  readonly streams: Bytes;
  /** Of what streams: bytes that RAM has no room for. */
  readonly disk: Bytes;
  readonly activationBytes: Bytes;
}

export interface PlannedRuns {
  readonly runs: readonly RunPlan[];
  readonly doesNotFit: DoesNotFit | null;
}

/**
 * Runs under a policy, and where their bytes come from. A weight's first move is from disk. What streams in each pass is S bytes; RAM, which
 * holds none of what VRAM holds, keeps the first `ram` bytes of them, and S - ram come from disk in each pass (residency.md, "RAM tier").
 * What an earlier run has read and VRAM has lost is read again if RAM had no room for all that was read so far.
 */
export async function planRuns(
  name: string,
  input: Omit<PredictInput, "policy">,
  { ram }: PlanTiers,
): Promise<PlannedRuns> {
  const { runs, doesNotFit } = await runPolicy(name, input);
  const sizes = input.models.flatMap(({ weights }) => weights.map(({ bytes }) => bytes));
  const known = new Set<WeightId>();
  let knownBytes = 0;
  const planned = runs.map((run, i) => {
    const { uses, moves } = run;
    const stages = stagesOf(input.runs[i]!.schedule, uses.length);
    const passes = Math.max(1, Math.round(uses.length / stages));
    const all = new Set(uses.flatMap(({ weights }) => weights));
    const before = knownBytes;
    const fits = before <= run.weightBudget + ram;
    const seen = new Set<WeightId>();
    const again = new Set<WeightId>();
    for (const { weight, streams } of moves) (streams || seen.has(weight) ? again : seen).add(weight);
    // Kept in RAM: what streams, in the order of the pass, as far as there is room.
    const kept = new Set<WeightId>();
    let room = ram;
    for (const { weight } of moves) {
      if (!again.has(weight) || kept.has(weight) || sizes[weight]! > room) continue;
      room -= sizes[weight]!;
      kept.add(weight);
    }
    const brought = new Set<WeightId>();
    const work: Work[] = Array.from({ length: passes }, () => ({ flops: 0, hostBytes: 0, diskBytes: 0 }));
    const add = (pass: number, more: Work): void => {
      const w = work[Math.min(pass, passes - 1)]!;
      work[Math.min(pass, passes - 1)] = {
        flops: w.flops + more.flops,
        hostBytes: w.hostBytes + more.hostBytes,
        diskBytes: w.diskBytes + more.diskBytes,
      };
    };
    uses.forEach(({ flops }, step) => {
      add(Math.floor(step / stages), { flops, hostBytes: 0, diskBytes: 0 });
    });
    const fromDisk = ({ weight }: Move): boolean => {
      if (brought.has(weight)) return !kept.has(weight);
      brought.add(weight);
      return !(known.has(weight) && fits);
    };
    for (const move of moves) {
      const { bytes } = move;
      add(Math.floor(move.needed / stages), { flops: 0, hostBytes: bytes, diskBytes: fromDisk(move) ? bytes : 0 });
    }
    for (const weight of all) {
      if (known.has(weight)) continue;
      known.add(weight);
      knownBytes += sizes[weight]!;
    }
    const total = work.reduce((a, b) => ({
      flops: a.flops + b.flops,
      hostBytes: a.hostBytes + b.hostBytes,
      diskBytes: a.diskBytes + b.diskBytes,
    }));
    const sum = (weights: Iterable<WeightId>): Bytes =>
      [...weights].reduce((bytes, weight) => bytes + sizes[weight]!, 0);
    const stagePlans = uses.slice(0, stages).map(({ stage, weights, activationBytes }) => {
      const own = [...new Set(weights)];
      return {
        stage,
        stays: sum(own.filter((weight) => !again.has(weight))),
        streams: sum(own.filter((weight) => again.has(weight))),
        disk: sum(own.filter((weight) => again.has(weight) && !kept.has(weight))),
        activationBytes,
      };
    });
    return { run, passes, first: work[0]!, steady: work[1] ?? null, total, stages: stagePlans };
  });
  return { runs: planned, doesNotFit };
}

/** How many uses one pass has: the body of the outermost repeat. */
function stagesOf(schedule: PredictInput["runs"][number]["schedule"], uses: number): number {
  if (schedule.kind !== "repeat") return Math.max(1, uses);
  const count = (part: typeof schedule.body): number => {
    if (part.kind === "use") return 1;
    if (part.kind === "sequence") return part.items.reduce((sum, item) => sum + count(item), 0);
    return (part.n === "unknown" ? 1 : part.n) * count(part.body);
  };
  return Math.max(1, count(schedule.body));
}

import type { Policy } from "../memory/policy.ts";
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
 * Runs under a policy, and where their bytes come from: as the core moves them through VRAM, RAM and disk. Caches know one tier, so
 * RAM is counted for them: of the S bytes that come again in each pass it keeps what fits, and S - ram are read (residency.md, "RAM tier").
 */
export async function planRuns(
  policy: string | Policy,
  input: Omit<PredictInput, "policy" | "ram">,
  { ram }: PlanTiers,
): Promise<PlannedRuns> {
  const { runs, doesNotFit } = await runPolicy(policy, { ...input, ram });
  const specs = input.models.flatMap(({ weights }) => weights);
  const sizes = specs.map(({ bytes }) => bytes);
  const sum = (weights: readonly WeightId[]): Bytes => weights.reduce((bytes, weight) => bytes + sizes[weight]!, 0);
  const planned = runs.map((run, i) => {
    const { uses, moves } = run;
    const stages = Math.min(uses.length, stagesOf(input.runs[i]!.schedule, uses.length));
    const passes = Math.max(1, Math.round(uses.length / stages));
    const reads = run.reads ?? readsWith(moves, ram);
    const passOf = (step: number): number => Math.min(passes - 1, Math.floor(step / stages));
    const work = Array.from({ length: passes }, (): Sum => ({ flops: 0, hostBytes: 0, diskBytes: 0 }));
    uses.forEach(({ flops }, step) => {
      work[passOf(step)]!.flops += flops;
    });
    for (const { needed, bytes } of moves) work[passOf(needed)]!.hostBytes += bytes;
    for (const { needed, bytes, weight } of reads) {
      const sum = work[passOf(needed)]!;
      sum.diskBytes += bytes;
      if (specs[weight]!.recoded) sum.recodeBytes = (sum.recodeBytes ?? 0) + bytes;
    }

    const streaming = repeated(moves);
    const readAgain = new Set(
      reads.filter(({ needed }) => passes === 1 || needed >= stages).map(({ weight }) => weight),
    );
    return {
      run,
      passes,
      first: work[0]!,
      steady: work[1] ?? null,
      total: work.reduce(added),
      stages: uses.slice(0, stages).map(({ stage, weights, activationBytes }) => {
        const own = [...new Set(weights)];
        const coming = own.filter((weight) => streaming.has(weight));
        return {
          stage,
          stays: sum(own) - sum(coming),
          streams: sum(coming),
          disk: sum(coming.filter((weight) => readAgain.has(weight))),
          activationBytes,
        };
      }),
    };
  });
  return { runs: planned, doesNotFit };
}

/** Work while it is added up. */
type Sum = { -readonly [Part in keyof Work]: Work[Part] };

function added(a: Work, b: Work): Work {
  const recodeBytes = (a.recodeBytes ?? 0) + (b.recodeBytes ?? 0);
  return {
    flops: a.flops + b.flops,
    hostBytes: a.hostBytes + b.hostBytes,
    diskBytes: a.diskBytes + b.diskBytes,
    ...(recodeBytes > 0 && { recodeBytes }),
  };
}

/** Weights that do not stay: planned to stream, or brought more than once. */
function repeated(moves: readonly Move[]): ReadonlySet<WeightId> {
  const seen = new Set<WeightId>();
  const again = new Set<WeightId>();
  for (const { weight, streams } of moves) (streams || seen.has(weight) ? again : seen).add(weight);
  return again;
}

/** Which moves of a cache are reads: each weight's first, and those of what RAM has no room for. */
function readsWith(moves: readonly Move[], ram: Bytes): readonly Move[] {
  const again = repeated(moves);
  const kept = new Set<WeightId>();
  const brought = new Set<WeightId>();
  let room = ram;
  return moves.filter(({ weight, bytes }) => {
    if (again.has(weight) && !kept.has(weight) && bytes <= room) {
      kept.add(weight);
      room -= bytes;
    }
    const isRead = !brought.has(weight) || !kept.has(weight);
    brought.add(weight);
    return isRead;
  });
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

import type { Policy } from "../memory/policy.ts";
import type { DoesNotFit } from "../memory/residency.ts";
import type { Bytes, Use, WeightId } from "../memory/words.ts";
import { type Move, movesOf } from "./move.ts";
import { simulateCache, type Worth } from "./policies/cache.ts";
import { plannedPolicies } from "./policies/index.ts";
import { type PredictInput, predict } from "./predict.ts";
import { unroll } from "./unroll.ts";

/** What one run would do under a policy. Bytes of weights are aligned sizes, but for those of moves. */
export interface PolicyRun {
  readonly uses: readonly Use[];
  readonly moves: readonly Move[];
  /** What is read from files; null for caches, which know one tier. */
  readonly reads: readonly Move[] | null;
  readonly modelBytes: Bytes;
  /** 0 for caches: they plan nothing. */
  readonly pinnedBytes: Bytes;
  readonly windowBytes: Bytes;
  readonly weightBudget: Bytes;
  readonly movedBytes: Bytes;
  readonly peakBytes: Bytes;
  /** In use, of all kinds, when it is over. */
  readonly leftBytes: Bytes;
}

export interface PolicyOutcome {
  readonly policy: string;
  /** Ends at the first run that does not fit. */
  readonly runs: readonly PolicyRun[];
  readonly doesNotFit: DoesNotFit | null;
}

/** Runs any of `plannedPolicies`, or a policy of the core, over the same input: on the core itself, or as a simulated cache. Throws on a name that is none. */
export async function runPolicy(wanted: string | Policy, input: Omit<PredictInput, "policy">): Promise<PolicyOutcome> {
  const name = typeof wanted === "string" ? wanted : wanted.name;
  const planned: { readonly policy: Policy } | { readonly worth: Worth } | undefined =
    typeof wanted === "string" ? plannedPolicies[wanted] : { policy: wanted };
  if (planned === undefined) throw new Error(`invariant: there is no policy ${name}`);
  const lists = input.runs.map(({ schedule, uses }) => unroll(schedule, uses));
  if ("policy" in planned) {
    const { runs, runEvents, doesNotFit } = await predict({ ...input, policy: planned.policy });
    let start = 0;
    return {
      policy: name,
      doesNotFit,
      runs: runs.map((run, i) => {
        const uses = lists[i]!;
        const { moves, reads } = movesOf(runEvents[i]!, uses, start);
        start += uses.length;
        return { ...run, uses, moves, reads };
      }),
    };
  }

  const { alignment } = input.device;
  const sizes = input.models.flatMap(({ weights }) =>
    weights.map(({ bytes }) => Math.max(1, Math.ceil(bytes / alignment)) * alignment),
  );
  const bytesOf = (weight: WeightId): Bytes => sizes[weight]!;
  let { budget } = input;
  const caches = input.runs.map((run, i) => {
    budget = run.budget ?? budget;
    const limit = Math.min(budget.weights, budget.vram - (input.reserve ?? 0) - run.reserved);
    return { uses: lists[i]!, budget: limit, given: budget, reserved: (input.reserve ?? 0) + run.reserved };
  });
  const { moves, short } = simulateCache(caches, bytesOf, planned.worth);
  let peakBytes = 0;
  const runs = caches.slice(0, short?.run).map(({ uses, budget, reserved }, i) => {
    const weights = new Set(uses.flatMap((use) => use.weights));
    const modelBytes = [...weights].reduce((sum, weight) => sum + bytesOf(weight), 0);
    peakBytes = Math.max(peakBytes, reserved + Math.min(modelBytes, budget));
    const movedBytes = moves[i]!.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      uses,
      moves: moves[i]!,
      reads: null,
      modelBytes,
      pinnedBytes: 0,
      windowBytes: 0,
      weightBudget: budget,
      movedBytes,
      peakBytes,
      leftBytes: Math.min(modelBytes, budget),
    };
  });
  if (short === null) return { policy: name, runs, doesNotFit: null };
  const { given, reserved } = caches[short.run]!;
  const limit = short.bytes + reserved > given.vram ? "vram" : "weights";
  const doesNotFit: DoesNotFit = {
    stage: short.use.stage,
    weightBytes: short.bytes,
    reservedBytes: reserved,
    budget: given,
    limit,
    needed: limit === "vram" ? short.bytes + reserved : short.bytes,
  };
  return { policy: name, runs, doesNotFit };
}

import type { Policy } from "../memory/policy.ts";
import type { Budget, DoesNotFit } from "../memory/residency.ts";
import type { Bytes } from "../memory/words.ts";
import { type PlanTiers, planRuns } from "./planRuns.ts";
import type { PredictInput } from "./predict.ts";

/**
 * The smallest ceiling, of the kind that was too low for one run, with which all runs go through: the next run may need more than the first that
 * was refused. `first` is that refusal. A later run that lacks the other ceiling ends the search: no number of this one helps it.
 */
export async function neededForAll(
  policy: string | Policy,
  input: Omit<PredictInput, "policy" | "ram">,
  tiers: PlanTiers,
  first: DoesNotFit,
): Promise<Bytes> {
  const { limit } = first;
  let needed = first.needed;
  for (;;) {
    const raised = (budget: Budget): Budget => ({
      vram: limit === "vram" ? needed : budget.vram,
      // Without a ceiling of their own weights may take all there is.
      weights: limit === "weights" || budget.weights >= budget.vram ? needed : budget.weights,
    });
    const runs = input.runs.map((run) => (run.budget ? { ...run, budget: raised(run.budget) } : run));
    const { doesNotFit } = await planRuns(policy, { ...input, budget: raised(input.budget), runs }, tiers);
    if (doesNotFit === null || doesNotFit.limit !== limit || doesNotFit.needed <= needed) return needed;
    needed = doesNotFit.needed;
  }
}

import type { Budget } from "../../memory/residency.ts";
import type { BudgetChange } from "../../planner/predict.ts";

/**
 * RAM that a device's copies may take in each of its runs, as changes in its own logical time. `uses`: of each run; `ram`: what there is at first; all in
 * bytes.
 */
export function ramBudgets(
  left: readonly number[],
  uses: readonly number[],
  ram: number,
  budget: Budget,
): readonly BudgetChange[] {
  const changes: BudgetChange[] = [];
  let [at, now] = [0, ram];
  left.forEach((bytes, i) => {
    if (bytes !== now) changes.push({ ...budget, at, ram: bytes });
    now = bytes;
    at += uses[i]!;
  });
  return changes;
}

import type { Budget } from "../../memory/residency.ts";
import type { PlanningDevice } from "../../nodes/planning/planningRuntime.ts";
import type { RecordedDevice } from "../../nodes/planning/recordWorkflow.ts";
import type { PredictInput } from "../../planner/predict.ts";

/** What was recorded for one device, as the planner takes it. */
export function planInput(
  { models, runs }: RecordedDevice,
  { info }: PlanningDevice,
  budget: Budget,
): Omit<PredictInput, "policy" | "ram"> {
  const { alignment, maxBufferBytes, id, unified } = info;
  return {
    device: { device: id, alignment, maxChunkBytes: maxBufferBytes, discrete: !unified },
    budget,
    models: models.map(({ title, weights, afterRuns }) => ({ id: title, weights, afterRuns })),
    runs: runs.map(({ schedule, uses, passes, activationBytes, carriedBytes, budget: share, next, ahead }) => ({
      schedule,
      next,
      ahead,
      reserved: activationBytes + carriedBytes,
      kept: activationBytes,
      uses: passes * uses.length,
      ...(share && { budget: { ...share, vram: budget.vram } }),
    })),
  };
}

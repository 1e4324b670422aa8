import type { Policy } from "../../memory/policy.ts";
import type { PlanningDevice } from "../../nodes/planning/planningRuntime.ts";
import type { RecordedDevice } from "../../nodes/planning/recordWorkflow.ts";
import { type PlannedRuns, planRuns } from "../../planner/planRuns.ts";
import { planInput } from "./planInput.ts";

/** What is on the CPU beside the device: a residency of its own, in RAM. */
export interface BesidePlan {
  readonly planned: PlannedRuns;
  /** What it leaves of `--ram` to copies of the device's weights, for each of the device's runs. */
  readonly ram: readonly number[];
}

interface Wanted {
  readonly beside: RecordedDevice;
  readonly cpu: PlanningDevice;
  readonly policy: string | Policy;
  /** `--ram`: for the CPU's pool and the device's copies together. */
  readonly ram: number;
  /** The device's runs, as planned with all of RAM: how many there are of each in the order of all, and what they stream. */
  readonly device: readonly { readonly order: number; readonly streams: number }[];
}

/**
 * Plans the CPU's runs move by move, and what RAM is left to the device as they go: what the CPU holds comes off, and where copies in that room would
 * save the device reads in every pass, the CPU gives its own back. Mirrors engine/shareRam.ts, which looks twice a second; here it has looked.
 */
export async function planBeside({ beside, cpu, policy, ram, device }: Wanted): Promise<BesidePlan> {
  const trimmed = new Set<number>();
  const left: number[] = [];
  const plan = () => {
    const input = planInput(beside, cpu, { vram: ram, weights: ram });
    const runs = input.runs.map((run, i) => (trimmed.has(i) ? { ...run, trimmed: true } : run));
    return planRuns(policy, { ...input, runs }, { ram: 0 });
  };
  let planned = await plan();
  let [next, held] = [0, 0];
  for (const { order, streams } of device) {
    for (; next < planned.runs.length && beside.runs[next]!.order < order; next++)
      held = planned.runs[next]!.run.leftBytes;
    if (held > 0 && streams > ram - held) {
      held = 0;
      if (next < beside.runs.length) {
        trimmed.add(next);
        planned = await plan();
      }
    }
    left.push(Math.max(0, ram - held));
  }
  return { planned, ram: left };
}

import { pinAtMost } from "../../memory/pinAtMost.ts";
import type { Folders } from "../../nodes/context.ts";
import type { RecordedModel, RecordedRun } from "../../nodes/planning/planningRuntime.ts";
import { type Recording, recordWorkflow } from "../../nodes/planning/recordWorkflow.ts";
import { estimate, type Rates, type Work } from "../../planner/estimate.ts";
import { neededForAll } from "../../planner/neededForAll.ts";
import { type PlannedRuns, planRuns, type RunPlan } from "../../planner/planRuns.ts";
import type { PredictInput } from "../../planner/predict.ts";
import { addRanges, type Range } from "../../planner/range.ts";
import type { Precision } from "../../runtime/runtime.ts";
import type { Prompt } from "../../workflow/node.ts";
import type { PlanDevice } from "./planDevice.ts";
import { planHelp } from "./planHelp.ts";

export interface PlanOptions {
  readonly file: string;
  readonly prompt: Prompt;
  readonly folders: Folders;
  readonly device: PlanDevice;
  /** Of `plannedPolicies`. */
  readonly policy: string;
  /** `--lowvram`, `--novram`: in its place, the share of a model's weights that may be resident at once. */
  readonly kept?: KeptShare | undefined;
  readonly precision: Precision;
  /** `--fp8`. */
  readonly fp8?: "q8_0" | "f16";
  /** Bytes: the ceiling on everything on the device. */
  readonly vram: number;
  readonly vramWeights?: { readonly bytes: number } | { readonly share: number };
  /** Bytes of host memory that weights may take beside the device. */
  readonly ram: number;
  /** Bytes per second. */
  readonly disk: Range;
}

export interface KeptShare {
  readonly flag: "--lowvram" | "--novram";
  readonly share: number;
}

/** One run of a model, as `--json` prints it. All bytes; seconds as [shortest, longest]. */
export interface ReportedRun {
  readonly node: string;
  readonly classType: string;
  readonly model: string;
  readonly passes: number;
  readonly modelBytes: number;
  readonly pinnedBytes: number;
  readonly windowBytes: number;
  readonly weightBudget: number;
  readonly activationBytes: number;
  readonly carriedBytes: number;
  readonly movedBytes: number;
  readonly firstPass: PassWork;
  readonly steadyPass: PassWork | null;
  readonly seconds: Range | null;
  readonly stages: RunPlan["stages"];
}

export interface PassWork extends Work {
  readonly seconds: Range | null;
}

/** What a change would bring, the best first. */
export interface Help {
  readonly change: string;
  /** With it the workflow runs at all. */
  readonly fits: boolean;
  readonly seconds: Range | null;
  readonly movedBytes: number;
}

export interface PlanReport {
  readonly file: string;
  readonly policy: string;
  readonly fits: boolean;
  readonly doesNotFit: {
    readonly node: string;
    readonly classType: string;
    readonly model: string;
    readonly stage: string;
    readonly weightBytes: number;
    readonly reservedBytes: number;
    readonly flag: "--vram" | "--vram-weights";
    readonly budget: number;
    readonly needed: number;
    /** The least with which the whole workflow runs: a later run may need more. */
    readonly neededByAll: number;
    readonly short: number;
  } | null;
  readonly device: {
    readonly name: string;
    readonly memoryBytes: number;
    /** Weights lie in the machine's own memory: two tiers. */
    readonly unified: boolean;
    readonly source: string;
  };
  readonly vram: number;
  readonly ram: number;
  readonly diskBytesPerSecond: Range;
  readonly models: readonly {
    readonly title: string;
    readonly kind: string;
    readonly encodings: readonly string[];
    readonly weights: number;
    readonly bytes: number;
  }[];
  readonly runs: readonly ReportedRun[];
  /** Weights, activations and carried tensors together, at their most. */
  readonly peakBytes: number;
  readonly image: Work & { readonly seconds: Range | null };
  readonly help: readonly Help[];
  readonly warnings: readonly string[];
}

type Recorded = Extract<Recording, { status: "recorded" }>;

/** What a change can touch. */
export interface Scenario {
  readonly models: readonly RecordedModel[];
  readonly runs: readonly RecordedRun[];
  readonly vram: number;
  readonly ram: number;
  readonly kept: KeptShare | undefined;
}

/** Records a workflow and plans it. What is wrong with the workflow is returned as it was found. */
export async function planWorkflow(
  options: PlanOptions,
): Promise<
  | { readonly ok: true; readonly report: PlanReport }
  | { readonly ok: false; readonly recording: Exclude<Recording, Recorded> }
> {
  const { file, prompt, folders, device, policy, kept, vram, ram, disk, vramWeights, precision, fp8 } = options;
  const record = (changed: Prompt) =>
    recordWorkflow(changed, folders, {
      device: device.planning,
      precision,
      ...(fp8 && { fp8 }),
      vram,
      ...(vramWeights === undefined ? {} : { vramWeights }),
    });
  const recording = await record(prompt);
  if (recording.status !== "recorded") return { ok: false, recording };
  const { models, runs } = recording;
  const rates: Rates | null = device.flops && { flops: device.flops, host: device.host, disk };
  const seconds = (work: Work): Range | null =>
    rates && estimate(device.unified ? { ...work, diskBytes: work.hostBytes, hostBytes: 0 } : work, rates);
  const total = (planned: PlannedRuns) => imageOf(planned, seconds);

  const plan = (scenario: Scenario): Promise<PlannedRuns> =>
    planRuns(
      scenario.kept === undefined ? policy : pinAtMost(scenario.kept.share),
      planInput(scenario, device, vramWeights),
      { ram: device.unified ? 0 : scenario.ram },
    );
  const own: Scenario = { models, runs, vram, ram, kept };
  const planned = await plan(own);
  const help = await planHelp({ prompt, record, own, device, plan, total, planned });

  const reported = planned.runs.map((planned, i): ReportedRun => {
    const run = runs[i]!;
    const { pinnedBytes, windowBytes, weightBudget, movedBytes, modelBytes } = planned.run;
    const pass = (work: Work): PassWork => ({ ...work, seconds: seconds(work) });
    return {
      node: run.node,
      classType: recording.classes[run.node] ?? prompt[run.node]?.class_type ?? "",
      model: models[run.model]!.title,
      passes: planned.passes,
      modelBytes,
      pinnedBytes,
      windowBytes,
      weightBudget,
      activationBytes: run.activationBytes,
      carriedBytes: run.carriedBytes,
      movedBytes,
      firstPass: pass(planned.first),
      steadyPass: planned.steady && pass(planned.steady),
      seconds: runSeconds(planned, seconds),
      stages: planned.stages,
    };
  });
  const neededByAll =
    planned.doesNotFit &&
    (await neededForAll(
      kept === undefined ? policy : pinAtMost(kept.share),
      planInput(own, device, vramWeights),
      { ram: device.unified ? 0 : ram },
      planned.doesNotFit,
    ));
  const failing = planned.doesNotFit && runs[planned.runs.length]!;
  return {
    ok: true,
    report: {
      file,
      policy: kept === undefined ? policy : `${policy} (${kept.flag})`,
      fits: planned.doesNotFit === null,
      doesNotFit: planned.doesNotFit && {
        node: failing!.node,
        classType: recording.classes[failing!.node] ?? prompt[failing!.node]?.class_type ?? "",
        model: models[failing!.model]!.title,
        stage: planned.doesNotFit.stage,
        weightBytes: planned.doesNotFit.weightBytes,
        reservedBytes: planned.doesNotFit.reservedBytes,
        flag: planned.doesNotFit.limit === "vram" ? "--vram" : "--vram-weights",
        budget: planned.doesNotFit.budget[planned.doesNotFit.limit],
        needed: planned.doesNotFit.needed,
        neededByAll: neededByAll!,
        short: planned.doesNotFit.needed - planned.doesNotFit.budget[planned.doesNotFit.limit],
      },
      device: {
        name: device.planning.info.description,
        memoryBytes: device.memoryBytes,
        unified: device.unified,
        source: device.source,
      },
      vram,
      ram: device.unified ? 0 : ram,
      diskBytesPerSecond: disk,
      models: models.map(({ title, kind, encodings, weights }) => ({
        title,
        kind,
        encodings,
        weights: weights.length,
        bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
      })),
      runs: reported,
      peakBytes: Math.max(0, ...planned.runs.map(({ run }) => run.peakBytes)),
      image: total(planned),
      help,
      warnings: recording.warnings,
    },
  };
}

/** A recording as the planner takes it. */
function planInput(
  { models, runs, vram }: Scenario,
  { planning }: PlanDevice,
  vramWeights: PlanOptions["vramWeights"],
): Omit<PredictInput, "policy"> {
  const { alignment, maxBufferBytes, id } = planning.info;
  return {
    device: { device: id, alignment, maxChunkBytes: maxBufferBytes, discrete: !planning.info.unified },
    budget: { vram, weights: vramWeights && "bytes" in vramWeights ? vramWeights.bytes : vram },
    models: models.map(({ title, weights, afterRuns }) => ({ id: title, weights, afterRuns })),
    runs: runs.map(({ schedule, uses, passes, activationBytes, carriedBytes, budget, next, ahead }) => ({
      schedule,
      next,
      ahead,
      reserved: activationBytes + carriedBytes,
      kept: activationBytes,
      uses: passes * uses.length,
      ...(budget && { budget: { ...budget, vram } }),
    })),
  };
}

/** Passes do not overlap: their times add up. */
function runSeconds({ first, steady, passes }: RunPlan, seconds: (work: Work) => Range | null): Range | null {
  const begun = seconds(first);
  const each = steady && seconds(steady);
  if (begun === null || each === null) return begun;
  return addRanges(begun, { low: (passes - 1) * each.low, high: (passes - 1) * each.high });
}

function imageOf({ runs }: PlannedRuns, seconds: (work: Work) => Range | null): PlanReport["image"] {
  let time: Range | null = { low: 0, high: 0 };
  const work = { flops: 0, hostBytes: 0, diskBytes: 0 };
  for (const run of runs) {
    work.flops += run.total.flops;
    work.hostBytes += run.total.hostBytes;
    work.diskBytes += run.total.diskBytes;
    const more = runSeconds(run, seconds);
    time = time && more && addRanges(time, more);
  }
  return { ...work, seconds: time };
}

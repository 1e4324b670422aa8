import { pinAtMost } from "../../memory/pinAtMost.ts";
import type { DoesNotFit } from "../../memory/residency.ts";
import type { Folders, WeirNode } from "../../nodes/context.ts";
import type { RecordedModel, RecordedRun } from "../../nodes/planning/planningRuntime.ts";
import { type RecordedDevice, type Recording, recordWorkflow } from "../../nodes/planning/recordWorkflow.ts";
import { estimate, type Rates, type Work } from "../../planner/estimate.ts";
import { neededForAll } from "../../planner/neededForAll.ts";
import { type PlannedRuns, planRuns, type RunPlan } from "../../planner/planRuns.ts";
import { addRanges, type Range } from "../../planner/range.ts";
import type { Precision } from "../../runtime/runtime.ts";
import type { Prompt } from "../../workflow/node.ts";
import { planBeside } from "./planBeside.ts";
import type { PlanDevice } from "./planDevice.ts";
import { planHelp } from "./planHelp.ts";
import { planInput } from "./planInput.ts";
import { ramBudgets } from "./ramBudgets.ts";

export interface PlanOptions {
  readonly file: string;
  readonly prompt: Prompt;
  readonly folders: Folders;
  /** The classes there are. Default: Weir's own. */
  readonly nodes?: readonly WeirNode[];
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
  /** Of the run of Flux 2's modulation, which is made once, ahead of the steps: the noise levels that it is made for. */
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

export interface ReportedModel {
  readonly title: string;
  readonly kind: string;
  readonly encodings: readonly string[];
  readonly weights: number;
  readonly bytes: number;
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
    /** `--ram`: of what runs on the CPU beside the device. */
    readonly flag: "--vram" | "--vram-weights" | "--ram";
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
  readonly models: readonly ReportedModel[];
  readonly runs: readonly ReportedRun[];
  /** Weights, activations and carried tensors together, at their most. */
  readonly peakBytes: number;
  /** What the workflow puts on the CPU beside the device, and no part of the above: its memory is RAM, as much as `ram` says. */
  readonly beside: {
    readonly device: string;
    readonly models: readonly ReportedModel[];
    readonly runs: readonly ReportedRun[];
    readonly peakBytes: number;
    /** Of `ram`, what is left to copies of the device's weights in each of its runs. */
    readonly leftToCopies: readonly number[];
  } | null;
  /** Bytes are the device's; seconds are of all that runs, as far as its rates are known (a virtual machine may not tell its CPU's clock). */
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
      ...(options.nodes && { nodes: options.nodes }),
      cpu: async () => (await device.cpu()).planning,
    });
  const recording = await record(prompt);
  if (recording.status !== "recorded") return { ok: false, recording };
  const { models, runs } = recording;
  const rates: Rates | null = device.flops && { flops: device.flops, host: device.host, disk };
  const seconds = (work: Work): Range | null => rates && estimate(device.unified ? inPlace(work) : work, rates);

  const input = (scenario: Scenario) => {
    const { vram } = scenario;
    const weights = vramWeights && "bytes" in vramWeights ? vramWeights.bytes : vram;
    return planInput(scenario, device.planning, { vram, weights });
  };
  const alone = (scenario: Scenario): Promise<PlannedRuns> =>
    planRuns(policyOf(scenario), input(scenario), tiers(scenario));
  const policyOf = ({ kept }: Scenario) => (kept === undefined ? policy : pinAtMost(kept.share));
  const tiers = ({ ram }: Scenario) => ({ ram: device.unified ? 0 : ram });
  const own: Scenario = { models, runs, vram, ram, kept };
  const besideOf = async (scenario: Scenario, planned: PlannedRuns) =>
    recording.beside &&
    planBeside({
      beside: recording.beside,
      cpu: (await device.cpu()).planning,
      policy,
      ram: scenario.ram,
      device: planned.runs.map(({ run }, i) => ({
        order: scenario.runs[i]!.order,
        streams: run.modelBytes - run.pinnedBytes,
      })),
    });
  /** What stays in VRAM is the same whatever RAM has: it is planned first, then with the RAM that the CPU leaves. */
  const plan = async (scenario: Scenario): Promise<PlannedRuns> => {
    const planned = await alone(scenario);
    const beside = await besideOf(scenario, planned);
    if (beside === null) return planned;
    const given = input(scenario);
    const uses = planned.runs.map(({ run }) => run.uses.length);
    const budgets = ramBudgets(beside.ram, uses, scenario.ram, given.budget);
    return planRuns(policyOf(scenario), { ...given, budgets }, tiers(scenario));
  };
  const planned = await plan(own);
  const beside = await besideOf(own, planned);
  const cpuRates: Rates | null = beside && cpuRatesOf((await device.cpu()).flops, disk);
  const onCpu = (work: Work): Range | null => cpuRates && estimate(inPlace(work), cpuRates);
  const besideSeconds = beside && imageOf(beside.planned, onCpu).seconds;
  const total = (planned: PlannedRuns): PlanReport["image"] => {
    const image = imageOf(planned, seconds);
    if (beside === null) return image;
    return image.seconds && besideSeconds ? { ...image, seconds: addRanges(image.seconds, besideSeconds) } : image;
  };
  const neededByAll =
    planned.doesNotFit && (await neededForAll(policyOf(own), input(own), tiers(own), planned.doesNotFit));
  const least = planned.doesNotFit?.limit === "vram" ? neededByAll : null;
  const help = await planHelp({ prompt, record, own, device, plan, total, planned, least });

  const classOf = (node: string): string => recording.classes[node] ?? prompt[node]?.class_type ?? "";
  const reportRuns = (
    { runs: planned }: PlannedRuns,
    { models, runs }: RecordedDevice,
    seconds: (work: Work) => Range | null,
  ) =>
    planned.map((planned, i): ReportedRun => {
      const run = runs[i]!;
      const { pinnedBytes, windowBytes, weightBudget, movedBytes, modelBytes } = planned.run;
      const pass = (work: Work): PassWork => ({ ...work, seconds: seconds(work) });
      return {
        node: run.node,
        classType: classOf(run.node),
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
  const refused = (
    refusal: DoesNotFit,
    { models, runs }: RecordedDevice,
    done: number,
    flag: NonNullable<PlanReport["doesNotFit"]>["flag"],
    neededByAll: number,
  ): PlanReport["doesNotFit"] => {
    const { stage, weightBytes, reservedBytes, needed, limit } = refusal;
    const { node, model } = runs[done]!;
    const budget = refusal.budget[limit];
    return {
      node,
      classType: classOf(node),
      model: models[model]!.title,
      stage,
      weightBytes,
      reservedBytes,
      flag,
      budget,
      needed,
      neededByAll,
      short: needed - budget,
    };
  };
  const onCpuRefused = beside?.planned.doesNotFit ?? null;
  const flagOf = { vram: "--vram", weights: "--vram-weights" } as const;
  const doesNotFit =
    onCpuRefused && recording.beside
      ? refused(onCpuRefused, recording.beside, beside!.planned.runs.length, "--ram", onCpuRefused.needed)
      : planned.doesNotFit &&
        refused(planned.doesNotFit, own, planned.runs.length, flagOf[planned.doesNotFit.limit], neededByAll!);
  return {
    ok: true,
    report: {
      file,
      policy: kept === undefined ? policy : `${policy} (${kept.flag})`,
      fits: doesNotFit === null,
      doesNotFit,
      device: {
        name: device.planning.info.description,
        memoryBytes: device.memoryBytes,
        unified: device.unified,
        source: device.source,
      },
      vram,
      ram: device.unified ? 0 : ram,
      diskBytesPerSecond: disk,
      models: models.map(reportModel),
      runs: reportRuns(planned, own, seconds),
      peakBytes: peakOf(planned),
      beside: beside &&
        recording.beside && {
          device: "CPU",
          models: recording.beside.models.map(reportModel),
          runs: reportRuns(beside.planned, recording.beside, onCpu),
          peakBytes: peakOf(beside.planned),
          leftToCopies: beside.ram,
        },
      image: total(planned),
      help,
      warnings: recording.warnings,
    },
  };
}

function reportModel({ title, kind, encodings, weights }: RecordedModel): ReportedModel {
  const bytes = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  return { title, kind, encodings, weights: weights.length, bytes };
}

const peakOf = ({ runs }: PlannedRuns): number => Math.max(0, ...runs.map(({ run }) => run.peakBytes));

/** On a device that computes in the machine's memory what moves is what is read. */
const inPlace = (work: Work): Work => ({ ...work, diskBytes: work.hostBytes, hostBytes: 0 });

const cpuRatesOf = (flops: Range | null, disk: Range): Rates | null => flops && { flops, host: null, disk };

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

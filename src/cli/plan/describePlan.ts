import { FORMULA } from "../../planner/estimate.ts";
import type { Range } from "../../planner/range.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import type { PlanReport, ReportedModel, ReportedRun } from "./planWorkflow.ts";

/** Changes told to people; `--json` has all. */
const SHOWN_HELP = 3;

/** What `weir plan` prints. */
export function describePlan(report: PlanReport): string {
  const { device, vram, ram, runs, image, help, doesNotFit, warnings, models } = report;
  const lines = [
    `${report.file}: ${report.fits ? "fits" : "does not fit"}`,
    `  ${device.name} (${formatBytes(device.memoryBytes)}); --vram ${formatBytes(vram)}${ram > 0 ? `, RAM for weights ${formatBytes(ram)}` : ""}; policy ${report.policy}`,
    ...warnings.map((text) => `  warning: ${text}`),
    "Models:",
    ...models.map(describeModel),
    "Runs, in the order in which they happen:",
    ...runs.flatMap(describeRun),
  ];
  if (report.beside) {
    const { device, models, runs, peakBytes } = report.beside;
    lines.push(
      `On the ${device}, beside the card:`,
      ...models.map(describeModel),
      ...runs.flatMap(describeRun),
      `  peak ${formatBytes(peakBytes)} in RAM, which is part of the ${formatBytes(ram)}`,
    );
  }
  if (doesNotFit) {
    const { classType, node, model, stage, weightBytes, reservedBytes, flag, budget, needed, neededByAll, short } =
      doesNotFit;
    lines.push(
      `  ${classType} (node ${node}), ${model}: does not fit. Stage ${stage} needs ${formatBytes(weightBytes)} of weights at once and ${formatBytes(reservedBytes)} beside them, ${formatBytes(needed, "up")} in all; ${flag} is ${formatBytes(budget)}, ${formatBytes(short, "up")} too little`,
      ...(neededByAll > needed
        ? [`  the whole workflow runs from ${flag} ${formatBytes(neededByAll, "up").replace(" ", "")} on`]
        : []),
    );
  }
  if (runs.length > 0 && report.fits) {
    lines.push(
      "The image:",
      `  peak ${formatBytes(report.peakBytes)} of ${formatBytes(vram)}; ${formatBytes(image.hostBytes)} into device memory, ${formatBytes(ram > 0 || image.diskBytes > 0 ? image.diskBytes : image.hostBytes)} of them from disk`,
      `  first image: ${time(image.seconds)}`,
    );
    if (image.seconds) lines.push(`  ${FORMULA}`, `  rates from ${device.source}`);
  }
  if (help.length > 0) {
    lines.push("What would help most:");
    for (const { change, seconds, movedBytes } of help.slice(0, SHOWN_HELP))
      lines.push(`  ${change}: ${seconds ? `first image ${time(seconds)}` : `${formatBytes(movedBytes)} moved`}`);
  }
  return `${lines.join("\n")}\n`;
}

function describeModel({ title, encodings, weights, bytes }: ReportedModel): string {
  return `  ${title}: ${formatBytes(bytes)} in ${weights} weights${encodings.length > 0 ? `, ${encodings.join(" and ")}` : ""}`;
}

function describeRun(run: ReportedRun): string[] {
  const { classType, node, model, passes, modelBytes, pinnedBytes, windowBytes, steadyPass, firstPass } = run;
  const stay =
    windowBytes === 0
      ? `all ${formatBytes(modelBytes)} stay`
      : `${formatBytes(pinnedBytes)} of ${formatBytes(modelBytes)} stay, the rest streams through ${formatBytes(windowBytes)}`;
  const ahead = isAhead(run);
  const what = ahead
    ? `once ahead of the steps, for ${passes === 1 ? "its noise level" : `all ${passes} noise levels`}`
    : `${passes} ${passes === 1 ? "pass" : "passes"}`;
  const lines = [
    `  ${classType} (node ${node}), ${model}: ${what}; ${stay}; ${formatBytes(run.activationBytes + run.carriedBytes)} for activations`,
    `    first ${ahead ? "level" : "pass"}: ${formatBytes(firstPass.hostBytes)} moved, ${formatBytes(firstPass.diskBytes)} from disk, ${time(firstPass.seconds)}`,
  ];
  if (steadyPass)
    lines.push(
      `    each ${ahead ? "level" : "step"} after it: ${formatBytes(steadyPass.hostBytes)} moved, ${formatBytes(steadyPass.diskBytes)} from disk, ${time(steadyPass.seconds)}`,
    );
  return [...lines, ...describeStages(run)];
}

/** What times make of Flux 2's layers, which a sampler computes before its first step (nodes/sampling/modulationRows.ts): the run has this stage alone. */
const isAhead = ({ stages }: ReportedRun): boolean => stages.length === 1 && stages[0]!.stage === "modulation";

/** Neighbours that differ in their number alone are one line. */
function describeStages({ stages }: ReportedRun): string[] {
  const groups: { stem: string; from: string; to: string; n: number; stays: number; streams: number; disk: number }[] =
    [];
  for (const { stage, stays, streams, disk } of stages) {
    const stem = stage.replace(/\d+$/, "");
    const number = stage.slice(stem.length);
    const last = groups.at(-1);
    if (last !== undefined && number !== "" && last.stem === stem) {
      last.to = number;
      last.n++;
      last.stays += stays;
      last.streams += streams;
      last.disk += disk;
    } else groups.push({ stem, from: number, to: number, n: 1, stays, streams, disk });
  }
  return groups.map(({ stem, from, to, n, stays, streams, disk }) => {
    const name = n === 1 ? `${stem}${from}` : `${stem}${from} to ${to}`;
    const coming =
      streams === 0 ? "" : `, ${formatBytes(streams)} stream${disk > 0 ? ` (${formatBytes(disk)} from disk)` : ""}`;
    return `      ${name}: ${formatBytes(stays)} stay${coming}`;
  });
}

/** "1.9 to 14 s". */
export function time(range: Range | null): string {
  if (range === null) return "time unknown";
  const { low, high } = range;
  if (high >= 120) return `${Number((low / 60).toPrecision(2))} to ${Number((high / 60).toPrecision(2))} min`;
  return `${Number(low.toPrecision(2))} to ${Number(high.toPrecision(2))} s`;
}

import type { RecordedModel } from "../../nodes/planning/planningRuntime.ts";
import type { Recording } from "../../nodes/planning/recordWorkflow.ts";
import type { PlannedRuns } from "../../planner/planRuns.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Prompt } from "../../workflow/node.ts";
import type { PlanDevice } from "./planDevice.ts";
import type { Help, PlanReport, Scenario } from "./planWorkflow.ts";

/** 16-bit weights in GGUF's blocks of 256: bytes over bytes. */
const QUANTISED = [
  { name: "Q8_0", ratio: 34 / 64 },
  { name: "Q4_K", ratio: 144 / 512 },
] as const;
/** Weights below this are norms and biases, which quantised files leave as they are. */
const SMALL = 1 << 20;
const WIDE = new Set(["F16", "BF16"]);
/** A change that saves less than this share of the time is not worth a line. */
const WORTH = 0.02;
/** Rank of what is told by what it saves. */
const LAST = 2;

interface Wanted {
  readonly prompt: Prompt;
  readonly record: (prompt: Prompt) => Promise<Recording>;
  readonly own: Scenario;
  readonly device: PlanDevice;
  readonly plan: (scenario: Scenario) => Promise<PlannedRuns>;
  readonly total: (planned: PlannedRuns) => PlanReport["image"];
  readonly planned: PlannedRuns;
  /** The least `--vram` in which all of it runs, in bytes, where it is too small now; else `null`. */
  readonly least: number | null;
}

interface Change {
  readonly change: string;
  readonly scenario: Scenario;
  /** Told first, in this order: who lacks memory looks for how much it takes, not for what is fastest. Default: after them. */
  readonly rank?: number;
}

/**
 * Changes that would help, each planned in full. Where it does not fit, those that make it fit: the least memory that does, the device's own,
 * then the others. The most helpful first: by time, then by bytes.
 */
export async function planHelp(wanted: Wanted): Promise<readonly Help[]> {
  const { own, plan, total, planned } = wanted;
  const now = total(planned);
  const found: { readonly help: Help; readonly rank: number }[] = [];
  const fits = planned.doesNotFit === null;
  for (const { change, scenario, rank = LAST } of await changes(wanted)) {
    const changed = await plan(scenario);
    const then = total(changed);
    const runs = changed.doesNotFit === null;
    if (fits ? !better(then, now) : !runs) continue;
    found.push({ help: { change, fits: runs, seconds: then.seconds, movedBytes: then.hostBytes }, rank });
  }
  const cost = ({ seconds, movedBytes }: Help): number => (seconds ? seconds.low + seconds.high : movedBytes);
  if (own.models.length === 0) return [];
  return found.sort((a, b) => a.rank - b.rank || cost(a.help) - cost(b.help)).map(({ help }) => help);
}

function better(then: PlanReport["image"], now: PlanReport["image"]): boolean {
  if (then.seconds === null || now.seconds === null) return then.hostBytes < (1 - WORTH) * now.hostBytes;
  return then.seconds.low + then.seconds.high < (1 - WORTH) * (now.seconds.low + now.seconds.high);
}

async function changes({ prompt, record, own, device, planned, least }: Wanted): Promise<readonly Change[]> {
  const list: Change[] = [];
  const bytesOf = ({ weights }: RecordedModel): number => weights.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = own.models.reduce((a, b) => (bytesOf(b) > bytesOf(a) ? b : a), own.models[0]!);
  if (largest?.encodings.some((encoding) => WIDE.has(encoding))) {
    for (const { name, ratio } of QUANTISED) {
      const smaller: RecordedModel = {
        ...largest,
        weights: largest.weights.map((weight) =>
          weight.bytes < SMALL ? weight : { ...weight, bytes: Math.ceil((weight.bytes * ratio) / 256) * 256 },
        ),
      };
      list.push({
        change: `a ${name} file of ${largest.title}: ${formatBytes(bytesOf(smaller))} in place of ${formatBytes(bytesOf(largest))}`,
        scenario: { ...own, models: own.models.map((model) => (model === largest ? smaller : model)) },
      });
    }
  }
  const half = halved(prompt);
  if (half !== null) {
    const recording = await record(half);
    if (recording.status === "recorded")
      list.push({ change: "half the width and height", scenario: { ...own, runs: recording.runs } });
  }
  if (!device.unified && planned.runs.some(({ steady }) => (steady?.diskBytes ?? 0) > 0))
    list.push({
      change: `twice the RAM for weights: ${formatBytes(2 * own.ram)}`,
      scenario: { ...own, ram: 2 * own.ram },
    });
  const all = device.vram(undefined);
  if (least !== null) {
    const which = `--vram ${formatBytes(least, "up").replace(" ", "")}, the least in which it runs`;
    list.push({
      change: least > all ? `a device with more memory: ${which}` : which,
      scenario: { ...own, vram: least },
      rank: 0,
    });
  }
  if (all > 1.01 * own.vram)
    list.push({
      change: `--vram ${formatBytes(all).replace(" ", "")}, which the device has`,
      scenario: { ...own, vram: all },
      ...(least !== null && { rank: 1 }),
    });
  if (own.kept !== undefined) list.push({ change: `without ${own.kept.flag}`, scenario: { ...own, kept: undefined } });
  const streams = planned.doesNotFit !== null || planned.runs.some(({ run }) => run.windowBytes > 0);
  if (streams)
    list.push({
      change: `a device with twice the memory: --vram ${formatBytes(2 * own.vram).replace(" ", "")}`,
      scenario: { ...own, vram: 2 * own.vram },
    });
  return list;
}

/** The workflow at half its size; null where no node says one. Sides stay multiples of 16. */
function halved(prompt: Prompt): Prompt | null {
  let changed = false;
  const nodes = Object.entries(prompt).map(([id, node]) => {
    const inputs = { ...node.inputs };
    for (const side of ["width", "height"]) {
      const value = inputs[side];
      if (typeof value !== "number" || value < 64) continue;
      inputs[side] = Math.max(32, Math.round(value / 32) * 16);
      changed = true;
    }
    return [id, { ...node, inputs }] as const;
  });
  return changed ? Object.fromEntries(nodes) : null;
}

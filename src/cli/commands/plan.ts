import { totalmem } from "node:os";
import { resolve } from "node:path";
import { parseByteSize } from "../../engine/byteSize.ts";
import { declare } from "../../engine/declare.ts";
import { missingFiles } from "../../engine/missingFiles.ts";
import { openFolders } from "../../engine/openFolders.ts";
import { plainError } from "../../engine/plainError.ts";
import { InvalidWorkflow, RunFailed } from "../../library/errors.ts";
import { readWorkflowFile } from "../../library/readWorkflowFile.ts";
import type { WeirNode } from "../../nodes/context.ts";
import type { Recording } from "../../nodes/planning/recordWorkflow.ts";
import { cards } from "../../planner/cards.ts";
import { plannedPolicies } from "../../planner/policies/index.ts";
import type { Range } from "../../planner/range.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { applySettings, type Declarations, type Settings } from "../../workflow/applySettings.ts";
import { checkFolders } from "../checkFolders.ts";
import { UsageError } from "../errors.ts";
import { EXIT, type ExitCode } from "../exitCodes.ts";
import { folderOptions, LOW_VRAM_SHARE } from "../flags.ts";
import { lookedIn } from "../lookedIn.ts";
import { describePlan } from "../plan/describePlan.ts";
import { type PlanDevice, planDevice } from "../plan/planDevice.ts";
import { type KeptShare, planWorkflow } from "../plan/planWorkflow.ts";
import type { CliContext } from "../runCli.ts";
import { userNodes } from "../userNodes.ts";

export interface PlanFlags {
  readonly set?: readonly string[];
  readonly prompt?: string;
  readonly seed?: bigint;
  readonly steps?: number;
  readonly vram?: string;
  readonly reserveVram?: string;
  readonly lowvram?: boolean;
  readonly novram?: boolean;
  readonly highvram?: boolean;
  readonly disableDynamicVram?: boolean;
  readonly threads?: number;
  readonly vramWeights?: string;
  readonly ram?: string;
  readonly diskSpeed?: string;
  readonly card?: string;
  readonly device?: string;
  readonly policy?: string;
  readonly json?: boolean;
  readonly matrix?: boolean;
  readonly forceFp32?: boolean;
  readonly fp8?: "q8_0" | "f16";
  readonly baseDirectory?: string;
  readonly customNodes?: readonly string[];
  readonly modelsDirectory?: string;
  readonly inputDirectory?: string;
  readonly extraModelPathsConfig?: readonly string[];
}

/** Bytes per second that a solid-state disk reads, when nobody says: SATA's to a fast NVMe's. */
const DISK: Range = { low: 0.5e9, high: 3.5e9 };
/** Of RAM, for the system and everything else. */
const RAM_SHARE = 0.75;

/**
 * `weir plan FILE`: what a run would keep, move and take, on stdout; reads headers, computes nothing. `--matrix`: the tables of docs/plan.md.
 * Returns 0 when it fits, 4 when it does not. Throws UsageError, InvalidWorkflow, and what opening the models throws.
 */
export async function planCommand(file: string | undefined, flags: PlanFlags, { io }: CliContext): Promise<ExitCode> {
  if (flags.matrix) {
    if (file !== undefined || Object.keys(flags).length > 1)
      throw new UsageError(
        "weir plan --matrix takes no workflow and no other flag: its cards, sizes and policy are fixed",
      );
    const { planMatrix } = await import("../plan/matrix/planMatrix.ts");
    io.out(await planMatrix());
    return EXIT.ok;
  }
  if (file === undefined) throw new UsageError("weir plan takes a workflow, or --matrix");
  const kept: KeptShare | undefined = flags.novram
    ? { flag: "--novram", share: 0 }
    : flags.lowvram
      ? { flag: "--lowvram", share: LOW_VRAM_SHARE }
      : undefined;
  const given = [flags.policy && "--policy", kept?.flag, flags.disableDynamicVram && "--disable-dynamic-vram"].filter(
    Boolean,
  );
  if (given.length > 1) throw new UsageError(`${given.join(" and ")} each name a policy: one of them`);
  const policy = flags.policy ?? (flags.disableDynamicVram ? "static" : "spread-pins");
  if (!Object.hasOwn(plannedPolicies, policy))
    throw new UsageError(`--policy ${policy}: there is ${Object.keys(plannedPolicies).join(", ")}`);
  checkDevice(flags);
  bytesOf("--vram", flags.vram, 1);
  const reserve = reserved(flags.reserveVram);
  // "auto" as `weir run` takes it: what nobody says.
  const ramText = flags.ram === "auto" ? undefined : flags.ram;
  const ram = ramText === "0" ? 0 : (bytesOf("--ram", ramText, totalmem()) ?? Math.floor(RAM_SHARE * totalmem()));
  const speed = flags.diskSpeed === undefined ? null : bytesOf("--disk-speed", flags.diskSpeed.replace(/\/s$/i, ""));
  const weights = flags.vramWeights === undefined ? undefined : parseByteSize(flags.vramWeights);
  if (weights === null) throw nonsense("--vram-weights", flags.vramWeights!);
  const disk = speed === null ? DISK : { low: speed!, high: speed! };
  await checkFolders(flags, io.cwd);
  const places = { baseDirectory: resolve(io.cwd, flags.baseDirectory ?? "."), ...folderOptions(flags, io.cwd) };
  const folders = openFolders(places, io.env);
  const known = await userNodes(flags.customNodes, io.cwd);
  for (const warning of known.warnings) io.err(`warning: ${warning}\n`);
  const declared: Declarations = (classType) => {
    const node = known.all.find(({ name }) => name === classType);
    return node && declare(node, folders);
  };
  const read = await readWorkflowFile(file, resolve(io.cwd, file), known.describe);
  const prompt = applySettings(read.prompt, settings(flags), declared);
  const device = await planDevice({
    ...(flags.card !== undefined && { card: flags.card }),
    headroom: { ...(reserve && { reserve: [reserve] }), ...(flags.highvram && { none: true }) },
    ...(flags.threads !== undefined && { threads: flags.threads }),
  });
  try {
    const vram = device.vram(flags.vram);
    for (const line of tooLarge(device, vram, flags.card === undefined ? ramText : undefined))
      io.err(`warning: ${line}\n`);
    const outcome = await planWorkflow({
      file,
      prompt,
      folders,
      nodes: known.all,
      device,
      policy,
      kept,
      precision: flags.forceFp32 ? "fp32" : "native",
      ...(flags.fp8 && { fp8: flags.fp8 }),
      vram,
      ...(weights === undefined ? {} : { vramWeights: weights }),
      ram,
      disk,
    });
    if (!outcome.ok) throw lookedIn(whyNot(file, outcome.recording, known.all), places);
    const { report } = outcome;
    io.out(flags.json ? `${JSON.stringify(report, null, 2)}\n` : describePlan(report));
    return report.fits ? EXIT.ok : EXIT.doesNotFit;
  } finally {
    await device.close();
  }
}

/** What is wrong with the workflow, as a run would say it. */
function whyNot(
  file: string,
  recording: Exclude<Recording, { status: "recorded" }>,
  nodes: readonly WeirNode[],
): Error {
  if (recording.status === "invalid") {
    const byName = new Map(nodes.map((node) => [node.name, node]));
    return new InvalidWorkflow(
      file,
      recording.lines,
      missingFiles(recording.nodeErrors, (name) => byName.get(name)),
    );
  }
  const { code, message } = plainError(recording.error);
  return new RunFailed(code, `${recording.classType} (node ${recording.node}): ${message}`, []);
}

function settings({ set, prompt, seed, steps }: PlanFlags): Settings {
  return {
    ...(set && { set }),
    ...(prompt !== undefined && { prompt }),
    ...(seed !== undefined && { seed }),
    ...(steps !== undefined && { steps }),
  };
}

/** `--device` as a run takes it, as far as a plan can: a card is not opened, so it goes by its name in the table. Throws UsageError. */
function checkDevice({ device, card }: PlanFlags): void {
  if (device === undefined) return;
  if (device.toLowerCase() !== "cpu")
    throw new UsageError(
      `--device ${device}: weir plan takes cpu there and opens no other device; name a card with --card: ${cards.map(({ name }) => name).join(", ")}`,
    );
  if (card !== undefined) throw new UsageError(`--card ${card} and --device ${device} each name a device: one of them`);
}

/** `--reserve-vram` as a run takes it: a bare number is GB, 0 is nothing. Throws UsageError. */
function reserved(text: string | undefined): string | null {
  if (text === undefined || Number(text) === 0) return null;
  if (parseByteSize(text, "GB") === null)
    throw new UsageError(`--reserve-vram is "${text}"; expected GB such as 1.5, or 400MB, or 10%`);
  return text;
}

/** An amount as bytes; a share is of `whole`. Throws UsageError. */
function bytesOf(flag: string, text: string | undefined, whole?: number): number | null {
  if (text === undefined) return null;
  const size = parseByteSize(text);
  if (size === null) throw nonsense(flag, text);
  if ("bytes" in size) return size.bytes;
  if (whole === undefined) throw nonsense(flag, text);
  return Math.floor(size.share * whole);
}

function nonsense(flag: string, text: string): UsageError {
  const takes =
    flag === "--disk-speed"
      ? "bytes per second such as 2GB or 550MB"
      : "an amount of memory such as 8GB, 7.5GiB or 60%";
  return new UsageError(`${flag} takes ${takes}; got "${text}"`);
}

/** `ramText`: where it is this machine's. */
function* tooLarge(device: PlanDevice, vram: number, ramText: string | undefined): Iterable<string> {
  const { memoryBytes, planning } = device;
  if (vram > memoryBytes)
    yield `--vram ${formatBytes(vram)} is more than the ${formatBytes(memoryBytes)} of ${planning.info.description}`;
  const bytes = bytesOf("--ram", ramText, totalmem());
  if (bytes !== null && bytes > totalmem())
    yield `--ram ${formatBytes(bytes)} is more than this machine's ${formatBytes(totalmem())}`;
}

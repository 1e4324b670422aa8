import { totalmem } from "node:os";
import { resolve } from "node:path";
import { parseByteSize } from "../../engine/byteSize.ts";
import { missingFiles } from "../../engine/missingFiles.ts";
import { plainError } from "../../engine/plainError.ts";
import { InvalidWorkflow, RunFailed } from "../../library/errors.ts";
import { readWorkflowFile } from "../../library/readWorkflowFile.ts";
import { createFolders } from "../../nodes/folders.ts";
import { allNodes } from "../../nodes/index.ts";
import { plannedPolicies } from "../../planner/policies/index.ts";
import type { Range } from "../../planner/range.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import { UsageError } from "../errors.ts";
import { EXIT, type ExitCode } from "../exitCodes.ts";
import { describePlan } from "../plan/describePlan.ts";
import { type PlanDevice, planDevice } from "../plan/planDevice.ts";
import { planWorkflow } from "../plan/planWorkflow.ts";
import type { CliContext } from "../runCli.ts";

export interface PlanFlags {
  readonly vram?: string;
  readonly vramWeights?: string;
  readonly ram?: string;
  readonly diskSpeed?: string;
  readonly card?: string;
  readonly policy?: string;
  readonly json?: boolean;
  readonly matrix?: boolean;
  readonly forceFp32?: boolean;
  readonly baseDirectory?: string;
}

/** Bytes per second that a solid-state disk reads, when nobody says: SATA's to a fast NVMe's. */
const DISK: Range = { low: 0.5e9, high: 3.5e9 };
/** Of RAM, for the system and everything else. */
const RAM_SHARE = 0.75;

/**
 * `weir plan FILE`: what a run would keep, move and take, on stdout; reads headers, opens no device. `--matrix`: the tables of docs/plan.md.
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
  const policy = flags.policy ?? "spread-pins";
  if (!Object.hasOwn(plannedPolicies, policy))
    throw new UsageError(`--policy ${policy}: there is ${Object.keys(plannedPolicies).join(", ")}`);
  const device = planDevice(flags.card);
  const vram = bytesOf("--vram", flags.vram, device.memoryBytes) ?? device.defaultVram;
  // "auto" as `weir run` takes it: what nobody says.
  const ramText = flags.ram === "auto" ? undefined : flags.ram;
  const ram = bytesOf("--ram", ramText, totalmem()) ?? Math.floor(RAM_SHARE * totalmem());
  const speed = flags.diskSpeed === undefined ? null : bytesOf("--disk-speed", flags.diskSpeed.replace(/\/s$/i, ""));
  const weights = flags.vramWeights === undefined ? undefined : parseByteSize(flags.vramWeights);
  if (weights === null) throw nonsense("--vram-weights", flags.vramWeights!);
  for (const line of tooLarge(device, vram, flags.card === undefined ? ramText : undefined))
    io.err(`warning: ${line}\n`);

  const { prompt } = await readWorkflowFile(file, resolve(io.cwd, file));
  const outcome = await planWorkflow({
    file,
    prompt,
    folders: createFolders({ baseDirectory: resolve(io.cwd, flags.baseDirectory ?? ".") }),
    device,
    policy,
    precision: flags.forceFp32 ? "fp32" : "native",
    vram,
    ...(weights === undefined ? {} : { vramWeights: weights }),
    ram,
    disk: speed === null ? DISK : { low: speed!, high: speed! },
  });
  if (!outcome.ok) {
    const { recording } = outcome;
    if (recording.status === "invalid") {
      const byName = new Map(allNodes.map((node) => [node.name, node]));
      throw new InvalidWorkflow(
        file,
        recording.lines,
        missingFiles(recording.nodeErrors, (name) => byName.get(name)),
      );
    }
    const { code, message } = plainError(recording.error);
    throw new RunFailed(code, `${recording.classType} (node ${recording.node}): ${message}`, []);
  }
  const { report } = outcome;
  io.out(flags.json ? `${JSON.stringify(report, null, 2)}\n` : describePlan(report));
  return report.fits ? EXIT.ok : EXIT.doesNotFit;
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

import { resolve } from "node:path";
import { probeDevices } from "../../engine/probeDevices.ts";
import { describe } from "../doctor/describe.ts";
import { diagnose, exitOf } from "../doctor/diagnose.ts";
import { gatherFacts } from "../doctor/gatherFacts.ts";
import type { ExitCode } from "../exitCodes.ts";
import type { CliContext } from "../runCli.ts";

export interface DoctorFlags {
  readonly baseDirectory?: string;
  readonly device?: string;
  readonly json?: boolean;
}

/** `weir doctor`: what is here, what would be used and why, what is missing. stdout: the report. Exit: 0, or what a run would fail with. */
export async function doctorCommand(flags: DoctorFlags, { io, probe = probeDevices }: CliContext): Promise<ExitCode> {
  const facts = await gatherFacts({
    env: io.env,
    baseDirectory: resolve(io.cwd, flags.baseDirectory ?? "."),
    probe,
    ...(flags.device === undefined ? {} : { device: flags.device }),
  });
  const problems = diagnose(facts);
  io.out(flags.json ? `${JSON.stringify({ ...facts, problems }, null, 2)}\n` : describe(facts, problems));
  return exitOf(problems);
}

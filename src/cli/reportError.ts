import { InvalidWorkflow } from "../library/errors.ts";
import { exitCodeOf } from "./errors.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import type { Io } from "./io.ts";
import { isPictureLine } from "./isPictureLine.ts";

/** Says what failed on stderr and returns the exit code. A stack is for who sets WEIR_DEBUG=1. */
export function reportError(error: unknown, io: Io): ExitCode {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === "string" ? code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (known === "interrupted") {
    io.err("weir: interrupted\n");
    return EXIT.interrupted;
  }
  io.err(`weir: ${isOurs(known) ? message : `internal error: ${message}; WEIR_DEBUG=1 shows where`}\n`);
  // The message of a workflow that is not valid has its lines already.
  const more = error instanceof InvalidWorkflow ? [] : ((error as { lines?: readonly string[] } | null)?.lines ?? []);
  for (const line of more) io.err(`  ${line}\n`);
  if (known === "missing-model" && isOfModels(error))
    io.err("  weir pull klein-4b fetches a set of models; docs/models.md lists the others\n");
  if (io.env["WEIR_DEBUG"] && error instanceof Error) io.err(`${stackOf(error)}\n`);
  return exitCodeOf(known);
}

/** Whether something is missing that can be fetched, and not pictures alone. */
function isOfModels(error: unknown): boolean {
  const lines = (error as { lines?: readonly string[] }).lines ?? [];
  return lines.length === 0 || lines.some((line) => line.startsWith("node ") && !isPictureLine(line));
}

/** Kebab-case: an error of ours, whose message is meant for the user. */
function isOurs(code: string | undefined): boolean {
  return code !== undefined && code !== "internal" && /^[a-z][a-z0-9-]*$/.test(code);
}

/** Of the engine's side where the error came from there. */
function stackOf(error: Error): string {
  const detail = (error as { detail?: { stack?: unknown } }).detail;
  return typeof detail?.stack === "string" && detail.stack !== "" ? detail.stack : (error.stack ?? "");
}

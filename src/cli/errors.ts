import { catalogue } from "./catalogue.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

/** A command line that means nothing: the message says what would. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

/** The exit code of an error, by its `code`. What has none is a mistake of ours: 1. */
export function exitCodeOf(code: string | undefined): ExitCode {
  return catalogue.find((entry) => entry.code === code)?.exit ?? EXIT.failure;
}

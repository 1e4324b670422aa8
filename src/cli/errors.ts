import { catalogue } from "./catalogue.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

/** A command line that means nothing: the message says what would. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

/** A file of the command line that cannot be read, or a place where nothing can be written. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly code: "no-such-file" | "cannot-write";
  constructor(code: "no-such-file" | "cannot-write", message: string) {
    super(message);
    this.code = code;
  }
}

/** A workflow that does not pass validation. `lines`: one a problem. */
export class InvalidWorkflow extends Error {
  override readonly name = "InvalidWorkflow";
  readonly code: "invalid-workflow" | "missing-model";
  readonly lines: readonly string[];
  constructor(file: string, lines: readonly string[], missingFiles: boolean) {
    super(`${file} cannot run:`);
    this.code = missingFiles ? "missing-model" : "invalid-workflow";
    this.lines = lines;
  }
}

/** A node that failed while it ran, or an engine that did. Carries the code of what went wrong inside. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";
  readonly code: string;
  readonly lines: readonly string[];
  constructor(code: string, message: string, lines: readonly string[]) {
    super(message);
    this.code = code;
    this.lines = lines;
  }
}

/** Stopped by Ctrl-C. */
export class InterruptedByUser extends Error {
  override readonly name = "InterruptedByUser";
  readonly code = "interrupted";
  constructor() {
    super("interrupted");
  }
}

/** The exit code of an error, by its `code`. What has none is a mistake of ours: 1. */
export function exitCodeOf(code: string | undefined): ExitCode {
  return catalogue.find((entry) => entry.code === code)?.exit ?? EXIT.failure;
}

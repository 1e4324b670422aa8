/** A file that was named and cannot be read, or a place where nothing can be written. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly code: "no-such-file" | "cannot-write";
  constructor(code: "no-such-file" | "cannot-write", message: string) {
    super(message);
    this.code = code;
  }
}

/** A workflow that does not pass validation. `lines`: one a problem; the message has them too. */
export class InvalidWorkflow extends Error {
  override readonly name = "InvalidWorkflow";
  readonly code: "invalid-workflow" | "missing-model";
  /** How the workflow is called in the message: mostly its file. */
  readonly workflow: string;
  readonly lines: readonly string[];
  constructor(workflow: string, lines: readonly string[], missingFiles: boolean) {
    super([`${workflow} cannot run:`, ...lines].join("\n  "));
    this.code = missingFiles ? "missing-model" : "invalid-workflow";
    this.workflow = workflow;
    this.lines = lines;
  }
}

/** A node that failed while it ran, or an engine that did. Carries the code of what went wrong inside. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";
  readonly code: string;
  /** What the dead process said last, where one died. */
  readonly lines: readonly string[];
  constructor(code: string, message: string, lines: readonly string[]) {
    super(message);
    this.code = code;
    this.lines = lines;
  }
}

/** A run that was stopped: by Ctrl-C, by an AbortSignal (whose reason is the `cause`), by closing the engine. */
export class RunInterrupted extends Error {
  override readonly name = "RunInterrupted";
  readonly code = "interrupted";
  constructor(cause?: unknown) {
    super("interrupted", cause === undefined ? {} : { cause });
  }
}

import type { PlainError } from "./messages.ts";

/**
 * What goes wrong with the engine process itself, or inside it: an error that crossed the process border as plain data.
 * `code` is stable (docs/errors.md).
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;
  constructor(error: PlainError) {
    super(error.message);
    this.code = error.code;
    this.detail = error.detail ?? {};
  }
}

/** A node of a user's file that failed: its own message, and whose it is. What it threw is the cause. */
export class CustomNodeError extends Error {
  override readonly name = "CustomNodeError";
  readonly code = "custom-node-failed";
  readonly detail: Readonly<Record<string, unknown>>;
  constructor(node: string, file: string, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`${said} (the node's own error: ${node} of ${file})`, { cause });
    this.detail = { node, file };
    // Who looks for the place looks in the node's file.
    if (cause instanceof Error && cause.stack !== undefined) this.stack = cause.stack;
  }
}

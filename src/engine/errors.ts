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

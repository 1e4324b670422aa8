import { ComputeFailed } from "../tensor/backend.ts";
import type { PlainError } from "./messages.ts";

/** Codes of our own errors are kebab-case; Node's are like ENOENT. */
const OUR_CODE = /^[a-z][a-z0-9-]*$/;
const ERRNO = /^E[A-Z0-9]+$/;
/** A message is for a person's terminal. */
const MAX_MESSAGE = 4000;

/**
 * An error as data that can cross a process border. Typed errors keep their code; what the system refused is `system`; anything
 * else is a mistake of ours and says so (`internal`). An error's own `detail` (its numbers) goes along; the stack goes into `detail.stack`, which is shown with WEIR_DEBUG=1 only.
 */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { code: "internal", message: String(error).slice(0, MAX_MESSAGE) };
  const raw = (error as { code?: unknown }).code;
  const code =
    error instanceof ComputeFailed
      ? "compute-failed"
      : typeof raw === "string" && OUR_CODE.test(raw)
        ? raw
        : typeof raw === "string" && ERRNO.test(raw)
          ? "system"
          : "internal";
  const given = (error as { detail?: unknown }).detail;
  const numbers = typeof given === "object" && given !== null ? given : {};
  return {
    code,
    message: error.message.slice(0, MAX_MESSAGE),
    detail: { ...numbers, stack: error.stack ?? "", type: error.name },
  };
}

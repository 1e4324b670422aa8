import { RunFailed } from "../library/errors.ts";

/** Errors that name what one stage takes, while a later one may take more. */
const TOO_SMALL: ReadonlySet<string> = new Set(["does-not-fit", "budget-too-small"]);

/** An error as it is; where memory was too small, with the command that tells what all of the workflow takes. `args`: of `weir plan`. */
export function planHint(error: unknown, args: readonly string[]): unknown {
  if (!(error instanceof RunFailed) || !TOO_SMALL.has(error.code)) return error;
  const words = args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(" ");
  const hinted = new RunFailed(error.code, error.message, [
    ...error.lines,
    `what each part of the workflow takes: weir plan ${words}`,
  ]);
  if (error.stack !== undefined) hinted.stack = error.stack;
  return hinted;
}

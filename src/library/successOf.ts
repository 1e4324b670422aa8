import type { JobResult } from "../engine/messages.ts";
import { InvalidWorkflow, RunFailed, RunInterrupted } from "./errors.ts";

type Success = Extract<JobResult, { status: "success" }>;

/** A job's result if it went well; else throws InvalidWorkflow, RunFailed or RunInterrupted. `name` is the workflow's, for messages. */
export function successOf(result: JobResult, name: string): Success {
  switch (result.status) {
    case "success":
      return result;
    case "interrupted":
      throw new RunInterrupted();
    case "invalid":
      throw new InvalidWorkflow(name, result.lines, result.missingFiles);
    case "error":
      throw runFailed(result);
  }
}

/** What a dead process said that is worth a user's eyes; all of it is in the error's detail. */
const TELLING = /assert|error|fail|memory|exception|abort/i;

function runFailed({ node, classType, error }: Extract<JobResult, { status: "error" }>): RunFailed {
  const output = (error.detail?.["output"] ?? []) as readonly string[];
  const where = node === undefined || error.code === "engine-died" ? "" : `${classType} (node ${node}): `;
  const failed = new RunFailed(
    error.code,
    `${where}${error.message}`,
    output.filter((line) => TELLING.test(line)).slice(-3),
  );
  const stack = error.detail?.["stack"];
  if (typeof stack === "string") failed.stack = stack;
  return failed;
}

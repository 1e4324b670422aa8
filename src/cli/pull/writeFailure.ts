import { WriteFailed } from "../../formats/errors.ts";
import { systemFact } from "../../formats/systemFact.ts";
import { FileInTheWay, NoDiskSpace } from "./errors.ts";

/** What a failed write of a download means; an error that says it already stays as it is. What was written before is kept, and the next run goes on from there. */
export function writeFailure(path: string, error: unknown): Error {
  if (error instanceof NoDiskSpace || error instanceof WriteFailed || error instanceof FileInTheWay) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new NoDiskSpace(
      `${path}: ${systemFact(error)}; what was fetched is kept: make room and run the same command again, or choose another disk with --to`,
    );
  return new WriteFailed(path, systemFact(error));
}

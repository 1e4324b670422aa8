import { join } from "node:path";
import { InvalidWorkflow } from "../library/errors.ts";
import { isPictureLine } from "./isPictureLine.ts";

/** Folders as paths, where they are not those of the base directory. */
export interface SearchedFolders {
  readonly baseDirectory: string;
  readonly modelsDirectory?: string | undefined;
  readonly inputDirectory?: string | undefined;
  readonly extraModelPaths?: readonly string[] | undefined;
}

/** An error as it is; where files of a workflow are missing, with the folders in which they were looked for. */
export function lookedIn(error: unknown, folders: SearchedFolders): unknown {
  if (!(error instanceof InvalidWorkflow) || error.code !== "missing-model") return error;
  const { baseDirectory, modelsDirectory, inputDirectory, extraModelPaths } = folders;
  const more = extraModelPaths ? `, and where ${extraModelPaths.join(", ")} says` : "";
  const lines = [...error.lines];
  if (!error.lines.every(isPictureLine))
    lines.push(`models are looked for in ${modelsDirectory ?? join(baseDirectory, "models")}${more}`);
  if (error.lines.some(isPictureLine))
    lines.push(`pictures are looked for in ${inputDirectory ?? join(baseDirectory, "input")}`);
  return new InvalidWorkflow(error.workflow, lines, true);
}

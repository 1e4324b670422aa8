import type { Describe } from "../workflow/convert/scope.ts";
import { JsonError } from "../workflow/errors.ts";
import type { Workflow } from "../workflow/toPrompt.ts";
import { readWorkflowSource } from "./readWorkflowSource.ts";
import { readWorkflowText } from "./readWorkflowText.ts";

/**
 * A workflow from a file: JSON in API format or as the page saves it, or a PNG or WebP that carries either. `file` is the path as the user
 * wrote it, for messages; `more` describes classes that are not built in. Throws FileError, JsonError, WorkflowError and the formats' errors.
 */
export async function readWorkflowFile(file: string, path: string, more?: Describe): Promise<Workflow> {
  const source = await readWorkflowSource(file, path);
  try {
    return await readWorkflowText(source, more);
  } catch (error) {
    if ("json" in source && error instanceof JsonError) throw new JsonError(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}

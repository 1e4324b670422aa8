import { findWorkflow, type WorkflowText } from "./findWorkflow.ts";
import { type Page, toPrompt, type Workflow } from "./toPrompt.ts";

export type { WorkflowText } from "./findWorkflow.ts";
export type { Workflow } from "./toPrompt.ts";

/**
 * Reads a workflow in either of ComfyUI's formats: `findWorkflow`, then `toPrompt`. Without a `page` no class is known, which does for what is in API
 * format already. Throws JsonError and WorkflowError.
 */
export function readWorkflow(source: WorkflowText, page: Page = { describe: () => undefined }): Workflow {
  return toPrompt(findWorkflow(source), source.name, page);
}

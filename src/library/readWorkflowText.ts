import { findWorkflow, type WorkflowText } from "../workflow/findWorkflow.ts";
import { toPrompt, type Workflow } from "../workflow/toPrompt.ts";

/** A workflow in API format, converted where it is as the page saves it. Throws JsonError and WorkflowError. */
export async function readWorkflowText(source: WorkflowText): Promise<Workflow> {
  const found = findWorkflow(source);
  if ("prompt" in found) return found;
  // All of the nodes: loaded only where they are asked about.
  const { builtInPage } = await import("../engine/builtInPage.ts");
  return toPrompt(found, source.name, builtInPage);
}

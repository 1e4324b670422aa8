import type { Describe } from "../workflow/convert/scope.ts";
import { findWorkflow, type WorkflowText } from "../workflow/findWorkflow.ts";
import { toPrompt, type Workflow } from "../workflow/toPrompt.ts";

/**
 * A workflow in API format, converted where it is as the page saves it. `more` describes classes that are not built in. Throws JsonError and
 * WorkflowError.
 */
export async function readWorkflowText(source: WorkflowText, more: Describe = () => undefined): Promise<Workflow> {
  const found = findWorkflow(source);
  if ("prompt" in found) return found;
  // All of the nodes: loaded only where they are asked about.
  const { builtInPage } = await import("../engine/builtInPage.ts");
  const describe: Describe = (classType) => builtInPage.describe(classType) ?? more(classType);
  return toPrompt(found, source.name, { ...builtInPage, describe });
}

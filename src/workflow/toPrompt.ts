import { type Converted, convertWorkflow } from "./convert/convertWorkflow.ts";
import type { Describe } from "./convert/scope.ts";
import type { FoundWorkflow } from "./findWorkflow.ts";
import type { Prompt } from "./node.ts";

export interface Workflow {
  readonly prompt: Prompt;
  /** The workflow as the page knows it, and what else came beside the prompt. */
  readonly extraPngInfo: Readonly<Record<string, unknown>>;
}

/** What converting a workflow of the page takes. */
export interface Page {
  readonly describe: Describe;
  /** By default Math.random. */
  readonly random?: () => number;
  /** By default now. */
  readonly now?: Date;
}

/**
 * A workflow in API format: as found, or converted with what `page` knows of nodes. A class that it does not know keeps its name, so that
 * validation can tell. Throws WorkflowError.
 */
export function toPrompt(found: FoundWorkflow, name: string, page: Page): Workflow {
  if ("prompt" in found) return found;
  const { describe, random = Math.random, now = new Date() } = page;
  const { prompt, unknown } = convertWorkflow(found.ui, { name, describe, random, now });
  return { prompt: named(prompt, unknown), extraPngInfo: found.extraPngInfo };
}

function named(prompt: Converted["prompt"], unknown: Converted["unknown"]): Prompt {
  const nodes = Object.entries(prompt).map(([id, { class_type = unknown[id]!, ...node }]) => {
    return [id, { class_type, ...node }] as const;
  });
  return Object.fromEntries(nodes);
}

import { WorkflowError } from "./errors.ts";
import { parseJson } from "./losslessJson.ts";
import type { Prompt } from "./node.ts";

/** What a workflow came from: JSON text, or the text chunks of a picture by keyword. `name` is for messages. */
export type WorkflowText =
  | { readonly name: string; readonly json: string }
  | { readonly name: string; readonly pngText: Readonly<Record<string, string>> };

export interface Workflow {
  readonly prompt: Prompt;
  /** The workflow as the page knows it, and what else came beside the prompt. */
  readonly extraPngInfo: Readonly<Record<string, unknown>>;
}

/**
 * Reads a workflow in API format: bare, as a body of POST /prompt, or out of a picture made by SaveImage. Whether its nodes exist and
 * fit is for `validate`. Throws JsonError, and WorkflowError: no workflow in there, or one in the page's own format.
 */
export function readWorkflow(source: WorkflowText): Workflow {
  if ("json" in source) {
    const value = parseJson(source.json);
    const body = asObject(value);
    const prompt = asObject(body?.["prompt"]);
    if (body !== null && prompt !== null && !("class_type" in prompt)) {
      const extra = asObject(asObject(body["extra_data"])?.["extra_pnginfo"]);
      return { prompt: asPrompt(prompt, source.name), extraPngInfo: extra ?? {} };
    }
    return { prompt: asPrompt(value, source.name), extraPngInfo: {} };
  }
  const { prompt, ...rest } = source.pngText;
  if (prompt === undefined) {
    const found = Object.keys(rest);
    const has = found.length === 0 ? "no text at all" : `only ${found.join(", ")}`;
    throw new WorkflowError(
      "no-workflow",
      `${source.name} carries no workflow: a picture made by SaveImage has a text chunk "prompt", this one has ${has}`,
    );
  }
  const extraPngInfo: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(rest)) {
    // Other programs write plain text there (parameters, Software): only JSON came from a workflow.
    try {
      extraPngInfo[key] = parseJson(text);
    } catch {}
  }
  return { prompt: asPrompt(parseJson(prompt), source.name), extraPngInfo };
}

function asPrompt(value: unknown, name: string): Prompt {
  const object = asObject(value);
  if (object === null) {
    throw new WorkflowError("no-workflow", `${name} holds no workflow: a JSON object of nodes was expected`);
  }
  if (Array.isArray(object["nodes"]) && Array.isArray(object["links"])) {
    throw new WorkflowError(
      "ui-format",
      `${name} is a workflow as the page saves it, not in API format; export it with "Export (API)" in ComfyUI's menu, or give a picture that it made`,
    );
  }
  const nodes = Object.values(object).filter((node) => asObject(node)?.["class_type"] !== undefined);
  if (nodes.length === 0) {
    const keys = Object.keys(object).slice(0, 5).join(", ");
    const has = keys === "" ? "it is empty" : `none of ${keys} has a class_type`;
    throw new WorkflowError("no-workflow", `${name} holds no workflow in API format: ${has}`);
  }
  const odd = Object.entries(object).find(([, node]) => asObject(node) === null);
  if (odd !== undefined) {
    throw new WorkflowError("no-workflow", `${name} holds no workflow in API format: "${odd[0]}" is no node`);
  }
  return object as unknown as Prompt;
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

import { isUiWorkflow } from "./convert/uiGraph.ts";
import { WorkflowError } from "./errors.ts";
import { parseJson } from "./losslessJson.ts";
import type { Prompt } from "./node.ts";

/** What a workflow came from: JSON text, or the text chunks of a picture by keyword. `name` is for messages. */
export type WorkflowText =
  | { readonly name: string; readonly json: string }
  | { readonly name: string; readonly pngText: Readonly<Record<string, string>> };

/** A workflow in API format, or as the page saves it (`ui`), which is still to be converted. */
export type FoundWorkflow =
  | { readonly prompt: Prompt; readonly extraPngInfo: Readonly<Record<string, unknown>> }
  | { readonly ui: unknown; readonly extraPngInfo: Readonly<Record<string, unknown>> };

/**
 * Finds a workflow in either format: bare, in a body of POST /prompt, beside other things as `prompt` or `workflow`, or in a picture that ComfyUI
 * made. What is ready to run is preferred. Whether its nodes exist and fit is for `validate`. Throws JsonError and WorkflowError.
 */
export function findWorkflow(source: WorkflowText): FoundWorkflow {
  const { name } = source;
  if ("json" in source) {
    const value = parseJson(source.json);
    const body = asObject(value);
    if (isUiWorkflow(value)) return { ui: value, extraPngInfo: { workflow: value } };
    const prompt = asObject(body?.["prompt"]);
    if (body !== null && prompt !== null && !("class_type" in prompt)) {
      const extra = asObject(asObject(body["extra_data"])?.["extra_pnginfo"]);
      const beside = isUiWorkflow(body["workflow"]) ? { workflow: body["workflow"] } : {};
      if (isUiWorkflow(prompt)) return { ui: prompt, extraPngInfo: { workflow: prompt, ...extra } };
      return { prompt: asPrompt(prompt, name), extraPngInfo: extra ?? beside };
    }
    const workflow = body?.["workflow"];
    if (isUiWorkflow(workflow)) return { ui: workflow, extraPngInfo: { workflow } };
    return { prompt: asPrompt(value, name), extraPngInfo: {} };
  }
  const { prompt, ...rest } = source.pngText;
  const extraPngInfo: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(rest)) {
    // Other programs write plain text there (parameters, Software): only JSON came from a workflow.
    try {
      extraPngInfo[key] = parseJson(text);
    } catch {}
  }
  if (prompt !== undefined) return { prompt: asPrompt(parseJson(prompt), name), extraPngInfo };
  const workflow = extraPngInfo["workflow"];
  if (isUiWorkflow(workflow)) return { ui: workflow, extraPngInfo };
  const found = Object.keys(rest);
  const has = found.length === 0 ? "no text at all" : `only ${found.join(", ")}`;
  throw new WorkflowError(
    "no-workflow",
    `${name} carries no workflow: a picture made by SaveImage has a text chunk "prompt", this one has ${has}`,
  );
}

function asPrompt(value: unknown, name: string): Prompt {
  const object = asObject(value);
  if (object === null) {
    throw new WorkflowError("no-workflow", `${name} holds no workflow: a JSON object of nodes was expected`);
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

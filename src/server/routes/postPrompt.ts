import { randomUUID } from "node:crypto";
import type { Handler } from "hono";
import { printJson } from "../../workflow/losslessJson.ts";
import type { Prompt } from "../../workflow/node.ts";
import { RequestError } from "../errors.ts";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendJson } from "../http/sendJson.ts";
import { promptBody } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Keys to paid services: what they are for is not here, and they would lie on the disk. */
const SECRETS: ReadonlySet<string> = new Set(["auth_token_comfy_org", "api_key_comfy_org"]);

/**
 * POST /prompt: JSON whatever the content type. What is invalid is 400 in ComfyUI's words; of several outputs those that are valid run. The job is on
 * disk and in /queue before the answer. Source: comfyui-api.md, "POST /prompt".
 */
export function postPrompt({
  queue,
  nodes,
  limits,
  now,
}: Pick<ServerParts, "queue" | "nodes" | "limits" | "now">): Handler {
  return async (c) => {
    const raw = await readJson(c, limits.upload);
    if (typeof raw !== "object" || raw === null || !("prompt" in raw)) {
      throw refused("no_prompt", "No prompt provided", "No prompt provided");
    }
    const id = promptId((raw as { readonly prompt_id?: unknown }).prompt_id);
    const body = parse(promptBody, raw);
    const checked = await nodes.validate({
      prompt: body.prompt as unknown as Prompt,
      targets: body.partial_execution_targets ?? null,
    });
    if (!checked.ok) return sendJson({ error: checked.error, node_errors: checked.nodeErrors }, 400);
    const extraData = {
      ...Object.fromEntries(Object.entries(body.extra_data ?? {}).filter(([key]) => !SECRETS.has(key))),
      ...(body.client_id == null ? {} : { client_id: body.client_id }),
      create_time: now(),
    };
    const { number } = queue.add({
      id,
      place: body.number ?? (isTrue(body.front) ? "front" : "back"),
      createTime: extraData.create_time,
      prompt: printJson(checked.prompt),
      extraData: printJson(extraData),
      outputs: printJson(checked.outputs),
      workflowId: workflowIdOf(extraData),
    });
    return sendJson({ prompt_id: id, number, node_errors: checked.nodeErrors });
  };
}

function promptId(given: unknown): string {
  if (given === undefined || given === null) return randomUUID();
  if (typeof given === "string" && UUID.test(given)) return given;
  const details =
    "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one";
  throw refused("invalid_prompt_id", "prompt_id must be a valid UUID", details);
}

const refused = (type: string, message: string, details: string): RequestError =>
  new RequestError(400, { error: { type, message, details, extra_info: {} }, node_errors: {} });

/** By truthiness, as the original takes it. */
const isTrue = (value: unknown): boolean => Boolean(value);

function workflowIdOf(extraData: Readonly<Record<string, unknown>>): string | null {
  const info = extraData["extra_pnginfo"] as
    | { readonly workflow?: { readonly id?: unknown } | null }
    | null
    | undefined;
  const id = info?.workflow?.id;
  return typeof id === "string" ? id : null;
}

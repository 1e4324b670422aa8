import type { Handler } from "hono";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /prompt: how many jobs run and wait. */
export const getPrompt =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  () =>
    sendJson({ exec_info: { queue_remaining: queue.remaining } });

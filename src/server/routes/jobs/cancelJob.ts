import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { cancel } from "./cancel.ts";

/** POST /api/jobs/{id}/cancel: takes a job out that waits, stops one that runs. False where there is nothing to cancel. */
export const cancelJob =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  (c) =>
    sendJson({ cancelled: cancel(queue, [c.req.param("id") ?? ""]) });

import type { Handler } from "hono";
import { sendJsonText } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /history/{prompt_id}: the entry under its id; `{}` where there is none. */
export const getHistoryOf =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  (c) =>
    sendJsonText(`{${queue.store.historyOf(c.req.param("id") ?? "") ?? ""}}`);

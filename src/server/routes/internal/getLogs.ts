import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /internal/logs: the last lines as one text. */
export const getLogs =
  ({ logs }: Pick<ServerParts, "logs">): Handler =>
  () =>
    sendJson(logs.entries.map(({ t, m }) => `${t} - ${m}`).join(""));

import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { TERMINAL_SIZE } from "./terminalSize.ts";

/** GET /internal/logs/raw: the last lines, and the size of a terminal that is none. */
export const getRawLogs =
  ({ logs }: Pick<ServerParts, "logs">): Handler =>
  () =>
    sendJson({ entries: logs.entries, size: TERMINAL_SIZE });

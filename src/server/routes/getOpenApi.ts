import type { Handler } from "hono";
import { sendJson } from "../http/sendJson.ts";
import { document } from "../openapi/document.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /weir/openapi.json. Made when it is first asked for. */
export function getOpenApi({ machine }: Pick<ServerParts, "machine">): Handler {
  let made: unknown;
  return () => sendJson((made ??= document(machine.version)));
}

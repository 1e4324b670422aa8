import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /models: names of folders. */
export const getModels =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  () =>
    sendJson(folders.models.names);

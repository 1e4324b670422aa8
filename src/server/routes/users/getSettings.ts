import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { readSettings } from "../../users/settings.ts";

/** GET /settings: all of a user's. */
export const getSettings =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  (c) =>
    sendJson(readSettings(users.folderOf(c)));

import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { readSettings } from "../../users/settings.ts";

/** GET /settings/{id}: one; null where it is not set. */
export const getSetting =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  (c) => {
    const settings = readSettings(users.folderOf(c));
    const id = c.req.param("id") ?? "";
    return sendJson(Object.hasOwn(settings, id) ? settings[id] : null);
  };

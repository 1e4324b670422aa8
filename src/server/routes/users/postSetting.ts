import type { Handler } from "hono";
import { readJson } from "../../http/readJson.ts";
import { sendEmpty } from "../../http/sendEmpty.ts";
import type { ServerParts } from "../../serverParts.ts";
import { changeSettings } from "../../users/settings.ts";

/** POST /settings/{id}: sets one to any JSON. */
export const postSetting =
  ({ users, limits }: Pick<ServerParts, "users" | "limits">): Handler =>
  async (c) => {
    const folder = users.folderOf(c);
    changeSettings(folder, { [c.req.param("id") ?? ""]: await readJson(c, limits.small) });
    return sendEmpty();
  };

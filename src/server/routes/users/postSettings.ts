import type { Handler } from "hono";
import { parse } from "../../http/parse.ts";
import { readJson } from "../../http/readJson.ts";
import { sendEmpty } from "../../http/sendEmpty.ts";
import { settingsBody } from "../../schemas.ts";
import type { ServerParts } from "../../serverParts.ts";
import { changeSettings } from "../../users/settings.ts";

/** POST /settings: sets those that are named. */
export const postSettings =
  ({ users, limits }: Pick<ServerParts, "users" | "limits">): Handler =>
  async (c) => {
    const folder = users.folderOf(c);
    changeSettings(folder, parse(settingsBody, await readJson(c, limits.small)));
    return sendEmpty();
  };

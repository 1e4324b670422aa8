import type { Handler } from "hono";
import { RequestError } from "../errors.ts";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { sendJson } from "../http/sendJson.ts";
import { settingsBody, userBody } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";
import { changeSettings, readSettings } from "../users/settings.ts";

type Parts = Pick<ServerParts, "users" | "limits">;

/** GET /users: with one user that its data is kept here; with several their ids and names. */
export const getUsers =
  ({ users }: Parts): Handler =>
  () =>
    sendJson(users.multi ? { storage: "server", users: users.list() } : { storage: "server", migrated: true });

/** POST /users `{username}`: makes one, answers its id. With one user there are no others to make. */
export const postUsers =
  ({ users, limits }: Parts): Handler =>
  async (c) => {
    const { username } = parse(userBody, await readJson(c, limits.small));
    if (!users.multi) throw new RequestError(400, "this server has one user; --multi-user allows more", "username");
    return sendJson(users.add(username));
  };

/** GET /settings: all of a user's. */
export const getSettings =
  ({ users }: Parts): Handler =>
  (c) =>
    sendJson(readSettings(users.folderOf(c)));

/** GET /settings/{id}: one; null where it is not set. */
export const getSetting =
  ({ users }: Parts): Handler =>
  (c) => {
    const settings = readSettings(users.folderOf(c));
    const id = c.req.param("id") ?? "";
    return sendJson(Object.hasOwn(settings, id) ? settings[id] : null);
  };

/** POST /settings: sets those that are named. */
export const postSettings =
  ({ users, limits }: Parts): Handler =>
  async (c) => {
    const folder = users.folderOf(c);
    changeSettings(folder, parse(settingsBody, await readJson(c, limits.small)));
    return sendEmpty();
  };

/** POST /settings/{id}: sets one to any JSON. */
export const postSetting =
  ({ users, limits }: Parts): Handler =>
  async (c) => {
    const folder = users.folderOf(c);
    changeSettings(folder, { [c.req.param("id") ?? ""]: await readJson(c, limits.small) });
    return sendEmpty();
  };

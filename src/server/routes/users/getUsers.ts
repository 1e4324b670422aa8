import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /users: with one user that its data is kept here; with several their ids and names. */
export const getUsers =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  () =>
    sendJson(users.multi ? { storage: "server", users: users.list() } : { storage: "server", migrated: true });

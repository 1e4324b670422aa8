import type { Handler } from "hono";
import { RequestError } from "../../errors.ts";
import { parse } from "../../http/parse.ts";
import { readJson } from "../../http/readJson.ts";
import { sendJson } from "../../http/sendJson.ts";
import { userBody } from "../../schemas.ts";
import type { ServerParts } from "../../serverParts.ts";

/** POST /users `{username}`: makes one, answers its id. With one user there are no others to make. */
export const postUsers =
  ({ users, limits }: Pick<ServerParts, "users" | "limits">): Handler =>
  async (c) => {
    const { username } = parse(userBody, await readJson(c, limits.small));
    if (!users.multi) throw new RequestError(400, "this server has one user; --multi-user allows more", "username");
    return sendJson(users.add(username));
  };

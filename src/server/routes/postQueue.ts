import type { Handler } from "hono";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { clearOrDelete } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/** POST /queue `{clear, delete: [ids]}`: takes jobs out that wait. What runs goes on. */
export const postQueue =
  ({ queue, limits }: Pick<ServerParts, "queue" | "limits">): Handler =>
  async (c) => {
    const { clear, delete: ids } = parse(clearOrDelete, await readJson(c, limits.small, {}));
    if (clear) queue.remove();
    if (ids) queue.remove(new Set(ids));
    return sendEmpty();
  };

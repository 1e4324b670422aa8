import type { Handler } from "hono";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { clearOrDelete } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/** POST /history `{clear, delete: [ids]}`: forgets entries. Pictures stay. */
export const postHistory =
  ({ queue, limits }: Pick<ServerParts, "queue" | "limits">): Handler =>
  async (c) => {
    const { clear, delete: ids } = parse(clearOrDelete, await readJson(c, limits.small, {}));
    if (clear) queue.store.clearHistory();
    if (ids) queue.store.deleteHistory(ids);
    return sendEmpty();
  };

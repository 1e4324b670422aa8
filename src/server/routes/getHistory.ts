import type { Context, Handler } from "hono";
import { RequestError } from "../errors.ts";
import { sendJsonText } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /history?max_items&offset: entries by prompt id, oldest first; without an offset the last ones. */
export const getHistory =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  (c) => {
    const max = intQuery(c, "max_items");
    const offset = intQuery(c, "offset");
    const range = { max: max === null || max < 0 ? null : max, offset: offset === null || offset < 0 ? null : offset };
    return sendJsonText(`{${queue.store.history(range).join(",")}}`);
  };

function intQuery(c: Context, name: string): number | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  if (!/^[-+]?\d{1,15}$/.test(text.trim())) throw new RequestError(400, `${name} must be an integer`, name);
  return Number(text);
}

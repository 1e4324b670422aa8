import type { Context } from "hono";
import { refused } from "./refused.ts";

/** An integer of the query, null where it is not given. */
export function intQuery(c: Context, name: string): number | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  if (!/^[-+]?\d{1,15}$/.test(text.trim())) throw refused(`${name} must be an integer`);
  return Number(text);
}

import type { Context } from "hono";

/** Whether a switch of the query is on. */
export const isOn = (c: Context, name: string): boolean => c.req.query(name)?.toLowerCase() === "true";

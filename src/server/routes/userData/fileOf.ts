import type { Context } from "hono";

/** The file that the path names, "/" and all. */
export const fileOf = (c: Context): string => c.req.param("file") ?? "";

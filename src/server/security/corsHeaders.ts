import type { MiddlewareHandler } from "hono";
import type { CorsOrigin } from "./originGuard.ts";

/** With `--enable-cors-header`: the headers as recorded, and an answer to preflights. Without it nothing is added. */
export function corsHeaders(cors: CorsOrigin): MiddlewareHandler {
  return async (c, next) => {
    if (cors === null) return next();
    if (c.req.method === "OPTIONS") c.res = new Response(null, { status: 200 });
    else await next();
    const headers = new Headers(c.res.headers);
    headers.set("access-control-allow-origin", cors);
    headers.set("access-control-allow-methods", "POST, GET, DELETE, PUT, OPTIONS, PATCH");
    headers.set("access-control-allow-headers", "Content-Type, Authorization");
    headers.set("access-control-allow-credentials", "true");
    c.res = new Response(c.res.body, { status: c.res.status, headers });
  };
}

import type { MiddlewareHandler } from "hono";

/**
 * What every answer carries: types are not guessed (a picture that is a page stays a picture), no other site shows the page in a frame and has
 * it clicked, and the address of the page, which may hold the token, is told to nobody. A route's own headers stand.
 */
export function safeHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has("x-content-type-options")) headers.set("x-content-type-options", "nosniff");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", "frame-ancestors 'self'");
    headers.set("referrer-policy", "no-referrer");
  };
}

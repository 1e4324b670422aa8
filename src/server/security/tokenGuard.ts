import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { RequestError } from "../errors.ts";

/** The cookie that a browser gets when it opens the page with `?token=`. */
export const TOKEN_COOKIE = "weir_token";

/**
 * Asks for a token: `Authorization: Bearer`, or the cookie, or `?token=` (which a browser's first visit uses and which sets the cookie).
 * null: none is asked for, as on loopback.
 */
export function tokenGuard(token: string | null): MiddlewareHandler {
  return async (c, next) => {
    if (token === null) return next();
    const query = c.req.query("token");
    if (!hasToken(token, c.req.header("authorization"), c.req.header("cookie"), query)) {
      throw new RequestError(401, "a token is needed: Authorization: Bearer TOKEN, or ?token=TOKEN", "Authorization");
    }
    await next();
    if (query !== undefined && c.req.method === "GET") {
      // Where the page came over TLS it never travels without.
      const secure = new URL(c.req.url).protocol === "https:" ? "; Secure" : "";
      c.res.headers.append(
        "set-cookie",
        `${TOKEN_COOKIE}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict${secure}`,
      );
    }
  };
}

export function hasToken(
  token: string,
  authorization: string | undefined,
  cookie: string | undefined,
  query: string | undefined,
): boolean {
  const bearer = /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];
  const kept = new RegExp(`(?:^|;\\s*)${TOKEN_COOKIE}=([^;]*)`).exec(cookie ?? "")?.[1];
  return [bearer, kept === undefined ? undefined : decode(kept), query].some(
    (given) => given !== undefined && equal(given, token),
  );
}

/** In the same time whatever is given: hashes have one length. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

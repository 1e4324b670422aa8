import type { MiddlewareHandler } from "hono";
import { RequestError } from "../errors.ts";

/** `--enable-cors-header`: "*" or the one foreign origin that is let in; null: none. */
export type CorsOrigin = string | null;

/**
 * Refuses what a page of another site sends: bodies are JSON whatever their content type, so that a plain form could otherwise queue prompts
 * (CVE-2024-10481). `Sec-Fetch-Site: cross-site`, an Origin that is not this Host, and the origin "null" of sandboxed frames are 403; programs send
 * none of these. Source: comfyui-api.md, "Security".
 */
export function originGuard(cors: CorsOrigin): MiddlewareHandler {
  return async (c, next) => {
    const refusal = originRefusal(c.req.header("origin"), c.req.header("host"), c.req.header("sec-fetch-site"), cors);
    if (refusal !== null) throw new RequestError(403, refusal, "Origin");
    await next();
  };
}

/** Why these headers are refused, or null. */
export function originRefusal(
  origin: string | undefined,
  host: string | undefined,
  site: string | undefined,
  cors: CorsOrigin,
): string | null {
  if (cors === "*") return null;
  if (cors !== null && origin === cors) return null;
  if (origin !== undefined && originHost(origin) !== host?.toLowerCase()) {
    return `requests of pages at ${origin} are refused; --enable-cors-header lets them in`;
  }
  if (site === "cross-site") return "requests of pages of other sites are refused; --enable-cors-header lets them in";
  return null;
}

/** The host part as a browser writes it: no default port, lower case. Null for "null" and what is no origin. */
function originHost(origin: string): string | null {
  const match = /^https?:\/\/([^/\s]+)$/i.exec(origin);
  return match === null ? null : match[1]!.toLowerCase();
}

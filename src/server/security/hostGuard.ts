import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { RequestError } from "../errors.ts";

/**
 * Refuses requests whose Host is a name that nobody gave this server: a page of a stranger can make its own name point here (DNS rebinding), and
 * a browser then takes it for the same origin. Addresses cannot be bent that way, so they pass, and so does localhost.
 * `allowed`: further names, lower case. Source: comfyui-api.md, "Security".
 */
export function hostGuard(allowed: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host") ?? "";
    if (!isAllowed(host, allowed)) {
      throw new RequestError(403, `the host "${host}" is not one of this server's; --allow-host adds a name`, "Host");
    }
    await next();
  };
}

/** A Host header: a name or address, with or without a port. */
export function isAllowed(host: string, allowed: ReadonlySet<string>): boolean {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host);
  if (match === null) return false;
  if (match[1] !== undefined) return isIP(match[1]) === 6;
  const name = match[2]!.toLowerCase().replace(/\.$/, "");
  return isIP(name) === 4 || name === "localhost" || name.endsWith(".localhost") || allowed.has(name);
}

import { Hono } from "hono";
import { printJson } from "../workflow/losslessJson.ts";
import { RequestError } from "./errors.ts";
import { fileRefusal } from "./files/fileRefusal.ts";
import { sendJson } from "./http/sendJson.ts";
import { staticFiles } from "./routes/staticFiles.ts";
import { type Route, routesOf } from "./routesOf.ts";
import { corsHeaders } from "./security/corsHeaders.ts";
import { hostGuard } from "./security/hostGuard.ts";
import { originGuard } from "./security/originGuard.ts";
import { safeHeaders } from "./security/safeHeaders.ts";
import { tokenGuard } from "./security/tokenGuard.ts";
import type { ServerParts } from "./serverParts.ts";

/**
 * Every route, as one app that needs no socket: `app.request("/prompt")` is how tests call it. Routes are there bare and under /api, but for
 * /internal (bare) and /api/jobs (prefixed). What a route refuses is JSON; what it did not expect is 500, and is told to `onError`.
 */
export function createApp(parts: ServerParts, onError: (error: unknown) => void = () => {}): Hono {
  const app = new Hono();
  const { hosts, cors, token } = parts.security;
  app.use(safeHeaders(), corsHeaders(cors), hostGuard(hosts), originGuard(cors), tokenGuard(token));
  const add = (prefix: string, routes: readonly Route[]) => {
    for (const [method, path, handler] of routes) app.on(method, prefix + path, handler);
  };
  const { both, bare, prefixed } = routesOf(parts);
  add("", both);
  add("/api", both);
  add("", bare);
  add("/api", prefixed);
  const files = staticFiles(parts);
  app.notFound(async (c) => {
    if (c.req.method === "GET" || c.req.method === "HEAD") {
      if (c.req.path.startsWith("/api/")) throw new RequestError(404, "there is nothing here", "path");
      return (await files(c, async () => {})) as Response;
    }
    throw new RequestError(405, `${c.req.method} is not for this path`, "path");
  });
  app.onError((error, c) => {
    const refusal = error instanceof RequestError ? error : fileRefusal(error);
    if (refusal !== null) return sendJson(refusal.body, refusal.status);
    onError(error);
    c.header("content-type", "application/json");
    return new Response(printJson({ error: "the server made a mistake; its log says which" }), {
      status: 500,
      headers: { "content-type": "application/json" },
    });
  });
  return app;
}

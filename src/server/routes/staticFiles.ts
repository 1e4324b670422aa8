import { stat } from "node:fs/promises";
import { extname } from "node:path";
import type { Handler } from "hono";
import { RequestError } from "../errors.ts";
import { containedPath } from "../files/containedPath.ts";
import { contentType } from "../files/contentType.ts";
import { serveFile } from "../files/serveFile.ts";
import { ownPage } from "../page/ownPage.ts";
import type { ServerParts } from "../serverParts.ts";

/** The page's own files: the operator named their folder, so they may be what they are. */
const PAGE_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ico": "image/x-icon",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
};
const NEVER_KEPT = "no-store, must-revalidate";

/** GET of all that is no route: the page at `/`, and files of `--front-end-root`. Nothing else is there: 404. */
export function staticFiles({ frontEnd }: Pick<ServerParts, "frontEnd">): Handler {
  return async (c) => {
    const path = decoded(c.req.path).replace(/^\/+/, "");
    const page = path === "" || path === "index.html";
    if (frontEnd === null) {
      const file = await ownPage(path);
      if (file === null) throw notFound();
      return file;
    }
    const found = await containedPath(frontEnd, page ? "index.html" : path);
    if (found.kind !== "inside" || !(await stat(found.path)).isFile()) throw notFound();
    const type = PAGE_TYPES[extname(found.path).toLowerCase()] ?? contentType(found.path).type;
    return serveFile(c, found.path, { "content-type": type, "cache-control": page ? NEVER_KEPT : "no-cache" });
  };
}

const notFound = () => new RequestError(404, "there is nothing here", "path");

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound();
  }
}

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A file of the page that `/` shows without `--front-end-root`. */
export interface PageFile {
  readonly type: string;
  readonly path: string;
}

/** The package's root, from src/ as from dist/. */
const root = new URL("../../../", import.meta.url);
const at = (path: string): string => fileURLToPath(new URL(path, root));

const SCRIPTS = [
  "main",
  "api",
  "byId",
  "element",
  "followEvents",
  "formatBytes",
  "memoryPanel",
  "movesPanel",
  "nowPanel",
  "picturesPanel",
  "prompt",
  "queuePanel",
  "socket",
];

/** What the page is made of (web/), by path. A closed list: no request names a file. */
const files: ReadonlyMap<string, PageFile> = new Map([
  ["", { type: "text/html; charset=utf-8", path: at("web/index.html") }],
  ["index.html", { type: "text/html; charset=utf-8", path: at("web/index.html") }],
  ["page/style.css", { type: "text/css; charset=utf-8", path: at("web/style.css") }],
  ["page/icon.svg", { type: "image/svg+xml", path: at("web/icon.svg") }],
  ["page/demo.json", { type: "application/json; charset=utf-8", path: at("demo/klein.json") }],
  ...SCRIPTS.map(
    (name) => [`page/${name}.js`, { type: "text/javascript; charset=utf-8", path: at(`dist/web/${name}.js`) }] as const,
  ),
]);

/** Nothing but the page's own files runs, and nothing of it is in another site's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The answer for a path without its leading "/"; null where the page has no such file. */
export async function ownPage(path: string): Promise<Response | null> {
  const file = files.get(path);
  const bytes = file === undefined ? null : await readFile(file.path).catch(() => null);
  if (file === undefined || bytes === null) return null;
  // The page itself is never kept, as ComfyUI's is not: a new version is seen at once.
  const kept = file.type.startsWith("text/html") ? "no-store, must-revalidate" : "no-cache";
  const headers = { "content-type": file.type, "cache-control": kept, "content-security-policy": POLICY };
  return new Response(new Uint8Array(bytes), { headers });
}

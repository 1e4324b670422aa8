import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import { RequestError } from "../errors.ts";
import { sendJson } from "../http/sendJson.ts";

/** Below this a file is read at once: a stream costs more. */
const SMALL = 256 * 1024;

/**
 * A file as the answer to GET or HEAD, with what browsers ask for: one byte range, ETag, Last-Modified. `path` is a real path that was
 * checked. Throws RequestError: 404, 416.
 */
export async function serveFile(
  c: Context,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  // A pipe in the folder would else keep the opening waiting for its writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null);
  if (file === null) throw new RequestError(404, "there is no such file", "filename");
  let kept = false;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new RequestError(404, "there is no such file", "filename");
    const etag = `"${found.mtimeMs.toString(16).replace(".", "-")}-${found.size.toString(16)}"`;
    const all = new Headers({
      etag,
      "last-modified": found.mtime.toUTCString(),
      "accept-ranges": "bytes",
      ...headers,
    });
    if (isUnchanged(c, etag, found.mtimeMs)) return new Response(null, { status: 304, headers: all });
    const range = rangeOf(c, found.size);
    if (range === "unsatisfiable") {
      const refused = sendJson({ error: `the file has ${found.size} bytes`, field: "Range" }, 416);
      refused.headers.set("content-range", `bytes */${found.size}`);
      return refused;
    }
    const { start, end } = range ?? { start: 0, end: found.size - 1 };
    const length = end - start + 1;
    all.set("content-length", String(length));
    if (range !== null) all.set("content-range", `bytes ${start}-${end}/${found.size}`);
    const status = range === null ? 200 : 206;
    if (c.req.method === "HEAD" || length === 0) return new Response(null, { status, headers: all });
    if (length <= SMALL) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, start);
      return new Response(bytes.subarray(0, bytesRead), { status, headers: all });
    }
    kept = true;
    const stream = Readable.toWeb(file.createReadStream({ start, end, autoClose: true }));
    return new Response(stream as unknown as ReadableStream, { status, headers: all });
  } finally {
    if (!kept) await file.close();
  }
}

function isUnchanged(c: Context, etag: string, mtimeMs: number): boolean {
  const tags = c.req.header("if-none-match");
  if (tags !== undefined) return tags.split(",").some((tag) => ["*", etag, `W/${etag}`].includes(tag.trim()));
  const since = Date.parse(c.req.header("if-modified-since") ?? "");
  // The header counts seconds.
  return !Number.isNaN(since) && Math.floor(mtimeMs / 1000) * 1000 <= since;
}

/** `bytes=a-b`, `bytes=a-`, `bytes=-n`. Several ranges, and units that are not known, are answered with the whole. */
function rangeOf(c: Context, size: number): { start: number; end: number } | "unsatisfiable" | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(c.req.header("range") ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  const [first, last] = [match[1]!, match[2]!];
  if (first === "") {
    const count = Math.min(Number(last), size);
    return count === 0 ? "unsatisfiable" : { start: size - count, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || end < start) return "unsatisfiable";
  return { start, end };
}

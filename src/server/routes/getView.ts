import { readFile, stat } from "node:fs/promises";
import type { Context, Handler } from "hono";
import { RequestError } from "../errors.ts";
import { contentOf } from "../files/contentOf.ts";
import { contentType } from "../files/contentType.ts";
import { readStart } from "../files/readStart.ts";
import { serveFile } from "../files/serveFile.ts";
import { viewedFile } from "../files/viewedFile.ts";
import type { ServerParts } from "../serverParts.ts";

/** Files that are decoded: a picture of the pixels that are decoded at most is never larger. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * GET /view: a picture, or any file that a folder of pictures holds; `preview=webp|jpeg;quality` and `channel=rgb|rgba|a` make another one of it.
 * What could run in the page's origin, by its name or by its first bytes, is sent as a download; an SVG is shown where an <img> asks
 * (CVE-2024-10099, CVE-2026-56670).
 * Source: comfyui-api.md, "Files".
 */
export function getView({ folders, pictures }: Pick<ServerParts, "folders" | "pictures">): Handler {
  return async (c) => {
    const filename = c.req.query("filename");
    if (filename === undefined) throw new RequestError(404, "no filename is given", "filename");
    const { path, name } = await viewedFile(folders, {
      filename,
      type: c.req.query("type"),
      subfolder: c.req.query("subfolder"),
    });
    const [preview, channel] = [c.req.query("preview"), c.req.query("channel")];
    const conversion = preview !== undefined ? previewOf(preview, channel ?? "") : channelOf(channel);
    if (conversion !== null) {
      const facts = await stat(path);
      if (!facts.isFile()) throw new RequestError(404, "there is no such file", "filename");
      if (facts.size > MAX_BYTES) throw new RequestError(400, "the file is too large to convert", "filename");
      const result = await pictures.run({ kind: "convert", bytes: await readFile(path), name, ...conversion });
      if (!result.ok) throw new RequestError(400, result.message, "filename");
      const headers = { "content-type": `image/${result.type}`, "content-disposition": `filename="${quoted(name)}"` };
      return new Response(result.bytes as Uint8Array<ArrayBuffer>, { headers });
    }
    return serveFile(c, path, headersOf(c, name, await isDisguised(path)));
  };
}

type Conversion = {
  readonly format: "webp" | "jpeg" | "png";
  readonly quality: number;
  readonly channels: "rgb" | "rgba" | "a";
};

/** Any other word than jpeg means webp, and so does a channel with an "a" in it: a JPEG has no alpha. */
function previewOf(preview: string, channel: string): Conversion {
  const [word, digits] = preview.split(";");
  const format = word === "jpeg" && !channel.includes("a") ? "jpeg" : "webp";
  const quality = /^\d{1,3}$/.test(digits ?? "") ? Math.min(100, Math.max(1, Number(digits))) : 90;
  return { format, quality, channels: format === "jpeg" || channel === "rgb" ? "rgb" : "rgba" };
}

const channelOf = (channel: string | undefined): Conversion | null =>
  channel === "rgb" || channel === "a" ? { format: "png", quality: 100, channels: channel } : null;

/** A page, an SVG or a PDF under a name that promises something else. */
const isDisguised = async (path: string): Promise<boolean> => contentOf(await readStart(path)) === "active";

function headersOf(c: Context, name: string, disguised: boolean): Record<string, string> {
  const file = `filename="${quoted(name)}"`;
  const { type, active } = contentType(name);
  // Text is shown as text, whatever it looks like.
  if (!active && !(disguised && !/^(text|application\/json)/.test(type))) {
    const headers = { "content-type": type, "content-disposition": file, "x-content-type-options": "nosniff" };
    // The two that go with a picture that was converted are the same without being asked for.
    return headers;
  }
  const always = { vary: "Sec-Fetch-Dest", "cache-control": "no-store", "x-content-type-options": "nosniff" };
  if (/\.svg$/i.test(name) && c.req.header("sec-fetch-dest") === "image") {
    const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    return {
      ...always,
      "content-type": "image/svg+xml",
      "content-disposition": file,
      "content-security-policy": policy,
    };
  }
  return { ...always, "content-type": "application/octet-stream", "content-disposition": `attachment; ${file}` };
}

/** In a header's quotes: ASCII, and nothing that ends them. */
const quoted = (name: string): string => name.replaceAll(/["\\\r\n]/g, "_").replaceAll(/[^\x20-\x7e]/g, "_");

import { extname } from "node:path";

/** What a browser may be told a file is. `active`: it could run in the page's origin, so it is a download and nothing else. */
export interface ContentType {
  readonly type: string;
  readonly active: boolean;
}

const PLAIN: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".apng": "image/apng",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".bmp": "image/bmp",
  ".avif": "image/avif",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
  ".flac": "audio/flac",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".txt": "text/plain",
  ".json": "application/json",
};
/** Scripts, and documents that can hold them. */
const ACTIVE = /^\.(x?html?|shtml|xht|m?js|cjs|css|svgz?|xml|xslt?|rdf|mathml|mht(ml)?|pdf|swf|wasm|hta)$/;

/** By the name's ending. What is not known is bytes, which nosniff keeps from being anything else. */
export function contentType(name: string): ContentType {
  const extension = extname(name).toLowerCase();
  const active = ACTIVE.test(extension);
  return { type: active ? "application/octet-stream" : (PLAIN[extension] ?? "application/octet-stream"), active };
}

import { RequestError } from "../errors.ts";
import { contentOf } from "./contentOf.ts";
import { contentType } from "./contentType.ts";

/**
 * An upload is judged by what it holds: a page, an SVG or a PDF under the name of a picture, a film or a sound is refused (400). Under its own
 * name it is taken, as ComfyUI takes any bytes, and is sent as a download.
 */
export function checkContent(filename: string, bytes: Uint8Array): void {
  if (/^(image|video|audio)\//.test(contentType(filename).type) && contentOf(bytes) === "active") {
    throw new RequestError(400, `${filename} is named as a picture, film or sound, and holds a document`, "image");
  }
}

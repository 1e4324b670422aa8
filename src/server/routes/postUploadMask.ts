import { readFile } from "node:fs/promises";
import type { Handler } from "hono";
import { parseJson } from "../../workflow/losslessJson.ts";
import { RequestError } from "../errors.ts";
import { type MultipartForm, readMultipart } from "../files/readMultipart.ts";
import { storeUpload, uploadPlace } from "../files/storeUpload.ts";
import { type FileRequest, viewedFile } from "../files/viewedFile.ts";
import { parse } from "../http/parse.ts";
import { sendJson } from "../http/sendJson.ts";
import { originalRef } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/**
 * POST /upload/mask: the alpha of `image` onto the picture that `original_ref` names (`originalRef` in one client), stored as a PNG that keeps
 * the picture's text. The original answers 200 and writes nothing where the picture is missing; here it is 404.
 */
export const postUploadMask =
  ({ folders, limits, pictures }: Pick<ServerParts, "folders" | "limits" | "pictures">): Handler =>
  async (c) => {
    const form = await readMultipart(c, limits.upload);
    // As the original: each mask is a file of its own.
    const place = { ...uploadPlace(form), reuse: false };
    const { path } = await viewedFile(folders, referenceOf(form));
    const mask = form.files.get("image")!;
    const result = await pictures.run({
      kind: "mask",
      original: await readFile(path),
      mask: mask.bytes,
      name: "the mask",
    });
    if (!result.ok) throw new RequestError(400, result.message, "image");
    return sendJson(await storeUpload(folders, place, result.bytes));
  };

function referenceOf(form: MultipartForm): FileRequest {
  const text = form.fields.get("original_ref") ?? form.fields.get("originalRef");
  if (text === undefined)
    throw new RequestError(400, "original_ref is needed: JSON with filename, type, subfolder", "original_ref");
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new RequestError(400, "original_ref must be JSON", "original_ref");
  }
  return parse(originalRef, value, "original_ref");
}

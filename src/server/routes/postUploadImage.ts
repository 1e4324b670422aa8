import type { Handler } from "hono";
import { checkContent } from "../files/checkContent.ts";
import { readMultipart } from "../files/readMultipart.ts";
import { storeUpload, uploadPlace } from "../files/storeUpload.ts";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** POST /upload/image: a multipart form with `image`, and `type`, `subfolder`, `overwrite`. Answers where it is. */
export const postUploadImage =
  ({ folders, limits }: Pick<ServerParts, "folders" | "limits">): Handler =>
  async (c) => {
    const form = await readMultipart(c, limits.upload);
    const place = uploadPlace(form);
    const { bytes } = form.files.get("image")!;
    checkContent(place.filename, bytes);
    return sendJson(await storeUpload(folders, place, bytes));
  };

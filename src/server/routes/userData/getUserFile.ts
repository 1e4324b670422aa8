import { extname } from "node:path";
import type { Handler } from "hono";
import { contentType } from "../../files/contentType.ts";
import { serveFile } from "../../files/serveFile.ts";
import type { ServerParts } from "../../serverParts.ts";
import { existingUserFile } from "../../users/userFiles.ts";
import { fileOf } from "./fileOf.ts";

/** GET /userdata/{file}. A style sheet is one, since the page loads the user's own; what could run is a download. */
export const getUserFile =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  async (c) => {
    const path = await existingUserFile(users.folderOf(c), fileOf(c));
    const { type, active } = contentType(path);
    const style = extname(path).toLowerCase() === ".css";
    return serveFile(c, path, {
      "content-type": style ? "text/css" : type,
      ...(active && !style ? { "content-disposition": "attachment", "cache-control": "no-store" } : {}),
    });
  };

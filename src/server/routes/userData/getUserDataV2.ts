import { stat } from "node:fs/promises";
import type { Handler } from "hono";
import { RequestError } from "../../errors.ts";
import { containedPath } from "../../files/containedPath.ts";
import { walkFiles } from "../../files/walkFiles.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /v2/userdata?path: folders and files below a folder. */
export const getUserDataV2 =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  async (c) => {
    const path = (c.req.query("path") ?? "").replace(/\/+$/, "");
    const found = await containedPath(users.folderOf(c), path === "" ? "." : path);
    if (found.kind === "escapes") throw new RequestError(400, "the path leads out of the user's folder", "path");
    if (found.kind === "missing" || !(await stat(found.path)).isDirectory()) {
      throw new RequestError(404, "there is no such folder", "path");
    }
    const at = (name: string) => (path === "" ? name : `${path}/${name}`);
    const folders: string[] = [];
    const options = { recurse: true, inside: true, folders: (name: string) => void folders.push(name) };
    const files = await walkFiles(found.path, options);
    return sendJson([
      ...folders.map((name) => ({ name: name.slice(name.lastIndexOf("/") + 1), path: at(name), type: "directory" })),
      ...files.map(({ name, size, modified }) => ({
        name: name.slice(name.lastIndexOf("/") + 1),
        path: at(name),
        type: "file",
        size,
        modified: Math.round(modified),
      })),
    ]);
  };

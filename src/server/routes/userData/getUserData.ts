import { stat } from "node:fs/promises";
import type { Handler } from "hono";
import { RequestError } from "../../errors.ts";
import { containedPath } from "../../files/containedPath.ts";
import { type FoundFile, walkFiles } from "../../files/walkFiles.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import type { UserFile } from "../../users/userFiles.ts";
import { isOn } from "./isOn.ts";

/** GET /userdata?dir&recurse&full_info&split: files of a folder, by name, in pieces or with sizes. */
export const getUserData =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  async (c) => {
    const dir = c.req.query("dir") ?? "";
    if (dir === "") throw new RequestError(400, "dir is needed", "dir");
    const found = await containedPath(users.folderOf(c), dir);
    if (found.kind === "escapes") throw new RequestError(403, "the path leads out of the user's folder", "dir");
    if (found.kind === "missing" || !(await stat(found.path)).isDirectory()) {
      throw new RequestError(404, "there is no such folder", "dir");
    }
    const files = await walkFiles(found.path, { recurse: isOn(c, "recurse"), inside: true });
    if (isOn(c, "full_info")) return sendJson(files.map(infoOf));
    if (isOn(c, "split")) return sendJson(files.map(({ name }) => [name, ...name.split("/")]));
    return sendJson(files.map(({ name }) => name));
  };

const infoOf = ({ name, size, modified, created }: FoundFile): UserFile => ({
  path: name,
  size,
  modified: Math.round(modified),
  created: Math.round(created),
});

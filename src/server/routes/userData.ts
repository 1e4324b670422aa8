import { stat } from "node:fs/promises";
import { extname } from "node:path";
import type { Context, Handler } from "hono";
import { RequestError } from "../errors.ts";
import { containedPath } from "../files/containedPath.ts";
import { contentType } from "../files/contentType.ts";
import { serveFile } from "../files/serveFile.ts";
import { type FoundFile, walkFiles } from "../files/walkFiles.ts";
import { readBody } from "../http/readBody.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";
import { existingUserFile, moveUserFile, removeUserFile, type UserFile, writeUserFile } from "../users/userFiles.ts";

type Parts = Pick<ServerParts, "users" | "limits">;

/** GET /userdata?dir&recurse&full_info&split: files of a folder, by name, in pieces or with sizes. */
export const getUserData =
  ({ users }: Parts): Handler =>
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

/** GET /v2/userdata?path: folders and files below a folder. */
export const getUserDataV2 =
  ({ users }: Parts): Handler =>
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

/** GET /userdata/{file}. A style sheet is one, since the page loads the user's own; what could run is a download. */
export const getUserFile =
  ({ users }: Parts): Handler =>
  async (c) => {
    const path = await existingUserFile(users.folderOf(c), fileOf(c));
    const { type, active } = contentType(path);
    const style = extname(path).toLowerCase() === ".css";
    return serveFile(c, path, {
      "content-type": style ? "text/css" : type,
      ...(active && !style ? { "content-disposition": "attachment", "cache-control": "no-store" } : {}),
    });
  };

/** POST /userdata/{file}?overwrite&full_info: the body is the file. */
export const postUserFile =
  ({ users, limits }: Parts): Handler =>
  async (c) => {
    const folder = users.folderOf(c);
    const body = await readBody(c, limits.upload);
    return answer(c, await writeUserFile(folder, fileOf(c), body, c.req.query("overwrite") !== "false"));
  };

/** POST /userdata/{file}/move/{dest}?overwrite&full_info. */
export const moveUserFileRoute =
  ({ users }: Parts): Handler =>
  async (c) => {
    const overwrite = c.req.query("overwrite") !== "false";
    return answer(c, await moveUserFile(users.folderOf(c), fileOf(c), c.req.param("dest") ?? "", overwrite));
  };

/** DELETE /userdata/{file}. */
export const deleteUserFile =
  ({ users }: Parts): Handler =>
  async (c) => {
    await removeUserFile(users.folderOf(c), fileOf(c));
    return sendEmpty(204);
  };

const fileOf = (c: Context): string => c.req.param("file") ?? "";

const isOn = (c: Context, name: string): boolean => c.req.query(name)?.toLowerCase() === "true";

const infoOf = ({ name, size, modified, created }: FoundFile): UserFile => ({
  path: name,
  size,
  modified: Math.round(modified),
  created: Math.round(created),
});

const answer = (c: Context, file: UserFile): Response => sendJson(isOn(c, "full_info") ? file : file.path);

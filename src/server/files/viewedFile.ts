import { RequestError } from "../errors.ts";
import { containedPath } from "./containedPath.ts";
import { isPictureFolder, type ServerFolders } from "./serverFolders.ts";

/** A name as requests write it: " [output]" and the like at its end says which folder, whatever else says so. */
const ANNOTATED = /^(.*?) ?\[(input|output|temp)\]$/s;

export interface FileRequest {
  readonly filename: string;
  readonly type?: string | undefined;
  readonly subfolder?: string | undefined;
}

/**
 * The picture that a request names: its real path and its base name. Only the base name counts; ".." and a leading "/" are refused though
 * they would mean nothing. Throws RequestError: 400, 403 (it leads out of the folder), 404.
 */
export async function viewedFile(
  folders: ServerFolders,
  request: FileRequest,
): Promise<{ readonly path: string; readonly name: string }> {
  const annotated = ANNOTATED.exec(request.filename);
  const full = annotated?.[1] ?? request.filename;
  const type = annotated?.[2] ?? request.type ?? "output";
  if (full === "" || full.startsWith("/") || full.includes("..") || full.includes("\0")) {
    throw new RequestError(400, "the filename must be a name, without .. and not from the root", "filename");
  }
  if (!isPictureFolder(type)) throw new RequestError(400, "the type must be input, output or temp", "type");
  const name = full.slice(Math.max(full.lastIndexOf("/"), full.lastIndexOf("\\")) + 1);
  if (name === "" || name === ".") throw new RequestError(400, "the filename must be a name", "filename");
  const subfolder = request.subfolder ?? "";
  const found = await containedPath(folders[type], subfolder === "" ? name : `${subfolder}/${name}`);
  if (found.kind === "escapes") throw new RequestError(403, "the path leads out of its folder", "subfolder");
  if (found.kind === "missing") throw new RequestError(404, "there is no such file", "filename");
  return { path: found.path, name };
}

import type { Context } from "hono";
import { RequestError } from "../../errors.ts";
import type { ServerParts } from "../../serverParts.ts";
import { listed } from "./listed.ts";

/** The files of the folder that the path names. Throws RequestError 404 for one that is not known. */
export async function filesOf(c: Context, folders: ServerParts["folders"]) {
  const name = c.req.param("folder") ?? "";
  const roots = folders.models.names.includes(name) ? folders.models.roots(name) : null;
  if (roots === null) throw new RequestError(404, "there is no such folder of models", "folder");
  return listed(roots);
}

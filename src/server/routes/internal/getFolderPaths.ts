import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /internal/folder_paths: where folders of models are. */
export const getFolderPaths =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  () =>
    sendJson(Object.fromEntries(folders.models.names.map((name) => [name, folders.models.roots(name) ?? []])));

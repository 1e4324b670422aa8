import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { filesOf } from "./filesOf.ts";

/** GET /models/{folder}: names of files, with "/". 404 for a folder that is not known, older names included. */
export const getModelsOf =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  async (c) =>
    sendJson([...new Set((await filesOf(c, folders)).map(({ name }) => name))].sort());

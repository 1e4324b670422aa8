import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { filesOf } from "./filesOf.ts";

/** GET /experiment/models/{folder}: files with sizes and times (ms); `pathIndex` says in which of the folder's places. */
export const getExperimentModelsOf =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  async (c) =>
    sendJson(
      (await filesOf(c, folders)).map(({ name, pathIndex, modified, created, size }) => ({
        name,
        pathIndex,
        modified,
        created,
        size,
      })),
    );

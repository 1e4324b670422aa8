import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { MODEL_EXTENSIONS } from "./modelExtensions.ts";

/** GET /experiment/models: folders with where they are. */
export const getExperimentModels =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  () =>
    sendJson(
      folders.models.names.map((name) => ({
        name,
        folders: folders.models.roots(name) ?? [],
        extensions: MODEL_EXTENSIONS,
      })),
    );

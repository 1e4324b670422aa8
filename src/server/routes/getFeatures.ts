import type { Handler } from "hono";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /features: what the server can do, as the socket's feature_flags say it. */
export const getFeatures =
  ({ features }: Pick<ServerParts, "features">): Handler =>
  () =>
    sendJson(features());

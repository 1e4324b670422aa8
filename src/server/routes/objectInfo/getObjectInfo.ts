import type { Handler } from "hono";
import { objectInfo } from "../../../workflow/objectInfo.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /object_info: every class. */
export const getObjectInfo =
  ({ nodes }: Pick<ServerParts, "nodes">): Handler =>
  async () =>
    sendJson(Object.fromEntries((await nodes.all()).map((node) => [node.name, objectInfo(node)])));

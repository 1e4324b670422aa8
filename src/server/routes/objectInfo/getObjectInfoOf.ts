import type { Handler } from "hono";
import { objectInfo } from "../../../workflow/objectInfo.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /object_info/{class}: that one, or `{}`. */
export const getObjectInfoOf =
  ({ nodes }: Pick<ServerParts, "nodes">): Handler =>
  async (c) => {
    const node = await nodes.find(c.req.param("class") ?? "");
    return sendJson(node === null ? {} : { [node.name]: objectInfo(node) });
  };

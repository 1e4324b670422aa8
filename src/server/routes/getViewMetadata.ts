import type { Handler } from "hono";
import { openSafetensors } from "../../formats/safetensors.ts";
import { RequestError } from "../errors.ts";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /view_metadata/{folder}?filename=x.safetensors: what its header says of itself; 404 for all that has none. */
export const getViewMetadata =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  async (c) => {
    const filename = c.req.query("filename") ?? "";
    const missing = () => new RequestError(404, "there is no such file, or it says nothing of itself", "filename");
    if (!/\.(safetensors|sft)$/i.test(filename)) throw missing();
    const path = folders.models.resolve(c.req.param("folder") ?? "", filename);
    if (path === null) throw missing();
    const source = await openSafetensors(path).catch(() => null);
    if (source === null) throw missing();
    const { metadata } = source;
    await source.close();
    if (Object.keys(metadata).length === 0) throw missing();
    return sendJson(metadata);
  };

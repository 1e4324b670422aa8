import { extname } from "node:path";
import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { listed } from "./listed.ts";

/** GET /embeddings: names without their ending. */
export const getEmbeddings =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  async () => {
    const files = await listed(folders.models.roots("embeddings") ?? []);
    const names = files.map(({ name }) => name.slice(0, name.length - extname(name).length));
    return sendJson([...new Set(names)].sort());
  };

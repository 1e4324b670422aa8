import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Handler } from "hono";
import { RequestError } from "../../errors.ts";
import { isPictureFolder } from "../../files/serverFolders.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";

/** GET /internal/files/{output|input|temp}: names in that folder, newest first, with the folder's name behind each. */
export const getInternalFiles =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  async (c) => {
    const type = c.req.param("type") ?? "";
    if (!isPictureFolder(type)) throw new RequestError(400, { error: "Invalid directory type" });
    const names = (await readdir(folders[type]).catch(() => [] as string[])).filter((name) => !name.startsWith("."));
    const files = await Promise.all(
      names.map(async (name) => ({ name, facts: await stat(join(folders[type], name)).catch(() => null) })),
    );
    const found = files.filter(({ facts }) => facts?.isFile());
    found.sort((a, b) => b.facts!.mtimeMs - a.facts!.mtimeMs);
    return sendJson(found.map(({ name }) => `${name} [${type}]`));
  };

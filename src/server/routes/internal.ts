import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Handler } from "hono";
import { RequestError } from "../errors.ts";
import { isPictureFolder } from "../files/serverFolders.ts";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { sendJson } from "../http/sendJson.ts";
import { subscribeBody } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /internal/logs: the last lines as one text. */
export const getLogs =
  ({ logs }: Pick<ServerParts, "logs">): Handler =>
  () =>
    sendJson(logs.entries.map(({ t, m }) => `${t} - ${m}`).join(""));

const SIZE = { cols: 120, rows: 40 };

/** GET /internal/logs/raw: the last lines, and the size of a terminal that is none. */
export const getRawLogs =
  ({ logs }: Pick<ServerParts, "logs">): Handler =>
  () =>
    sendJson({ entries: logs.entries, size: SIZE });

/** PATCH /internal/logs/subscribe `{clientId, enabled}`: that client is sent each line as a message "logs". */
export function subscribeLogs({ logs, hub, limits }: Pick<ServerParts, "logs" | "hub" | "limits">): Handler {
  const subscribed = new Set<string>();
  logs.onLine = (entry) => {
    for (const id of subscribed) hub.send("logs", { entries: [entry], size: SIZE }, id);
  };
  return async (c) => {
    const { clientId, enabled } = parse(subscribeBody, await readJson(c, limits.small));
    if (!enabled) subscribed.delete(clientId);
    // Whoever never listens would else be kept for ever.
    else if (hub.has(clientId)) subscribed.add(clientId);
    for (const id of subscribed) if (!hub.has(id)) subscribed.delete(id);
    return sendEmpty();
  };
}

/** GET /internal/folder_paths: where folders of models are. */
export const getFolderPaths =
  ({ folders }: Pick<ServerParts, "folders">): Handler =>
  () =>
    sendJson(Object.fromEntries(folders.models.names.map((name) => [name, folders.models.roots(name) ?? []])));

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

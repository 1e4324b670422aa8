import type { Handler } from "hono";
import { parse } from "../../http/parse.ts";
import { readJson } from "../../http/readJson.ts";
import { sendEmpty } from "../../http/sendEmpty.ts";
import { subscribeBody } from "../../schemas.ts";
import type { ServerParts } from "../../serverParts.ts";
import { TERMINAL_SIZE } from "./terminalSize.ts";

/** PATCH /internal/logs/subscribe `{clientId, enabled}`: that client is sent each line as a message "logs". */
export function subscribeLogs({ logs, hub, limits }: Pick<ServerParts, "logs" | "hub" | "limits">): Handler {
  const subscribed = new Set<string>();
  logs.onLine = (entry) => {
    for (const id of subscribed) hub.send("logs", { entries: [entry], size: TERMINAL_SIZE }, id);
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

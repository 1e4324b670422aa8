import type { Context, Handler } from "hono";
import type { NumberedEvent } from "../../engine/messages.ts";
import { parse } from "../http/parse.ts";
import { sendJson } from "../http/sendJson.ts";
import { eventsQuery, MAX_EVENTS } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/**
 * GET /weir/events?since&max_items: what happened to memory lately and why (docs/memory.md lists the reasons); bytes, times in ms since 1970. With `since` what
 * came after that number, oldest first, without a gap as long as the answer's `oldest` is at most one more than it; without it the newest. Null
 * while no engine is up, or it is busy.
 */
export const getEvents =
  ({ machine }: Pick<ServerParts, "machine">): Handler =>
  async (c: Context) => {
    const { since = null, max_items: max = MAX_EVENTS } = parse(eventsQuery, c.req.query(), "query");
    const page = await machine.events({ since, max });
    return sendJson(page === null ? null : { ...page, events: page.events.map(flat) });
  };

/** One object an event: its weight by name, not by the number that the engine gave it. What has no end (no ceiling) is null. */
function flat({ seq, time, event, weight, model, beside }: NumberedEvent): Readonly<Record<string, unknown>> {
  const own = Object.entries(event).filter(([key]) => key !== "weight");
  return {
    seq,
    time,
    ...Object.fromEntries(own.map(([key, value]) => [key, value === Number.POSITIVE_INFINITY ? null : value])),
    ...(weight === undefined ? {} : { weight }),
    // A `plan` has a field of that name of its own: bytes.
    ...(model === undefined ? {} : { modelTitle: model }),
    ...(beside ? { beside } : {}),
  };
}

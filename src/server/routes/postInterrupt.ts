import type { Handler } from "hono";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { interruptBody } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/** POST /interrupt: stops what runs; with `prompt_id` only if it is that. 200 also where nothing runs. */
export const postInterrupt =
  ({ queue, limits }: Pick<ServerParts, "queue" | "limits">): Handler =>
  async (c) => {
    const { prompt_id } = parse(interruptBody, (await readJson(c, limits.small, {})) ?? {});
    queue.interrupt(prompt_id ?? undefined);
    return sendEmpty();
  };

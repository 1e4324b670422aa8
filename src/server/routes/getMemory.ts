import type { Handler } from "hono";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /weir/memory: the engine's counters, as `weir run --stats json` has them (bytes); null while no engine is up, or it is busy. */
export const getMemory =
  ({ machine }: Pick<ServerParts, "machine">): Handler =>
  async () =>
    sendJson(await machine.stats());

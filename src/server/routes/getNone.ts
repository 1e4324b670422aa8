import type { Handler } from "hono";
import { sendJson } from "../http/sendJson.ts";

/** Lists of what custom packages would bring: extensions, templates, translations, subgraphs. There are none. */
export const getNone =
  (none: unknown): Handler =>
  () =>
    sendJson(none);

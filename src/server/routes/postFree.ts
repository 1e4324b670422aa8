import type { Handler } from "hono";
import { parse } from "../http/parse.ts";
import { readJson } from "../http/readJson.ts";
import { sendEmpty } from "../http/sendEmpty.ts";
import { freeBody } from "../schemas.ts";
import type { ServerParts } from "../serverParts.ts";

/** POST /free `{unload_models, free_memory}`: done between two jobs. `free_memory` forgets the results of nodes too. */
export const postFree =
  ({ machine, limits }: Pick<ServerParts, "machine" | "limits">): Handler =>
  async (c) => {
    const { unload_models, free_memory } = parse(freeBody, await readJson(c, limits.small));
    if (unload_models || free_memory) {
      machine.free({ unloadModels: unload_models === true, freeMemory: free_memory === true });
    }
    return sendEmpty();
  };

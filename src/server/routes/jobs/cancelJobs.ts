import type { Handler } from "hono";
import { RequestError } from "../../errors.ts";
import { readJson } from "../../http/readJson.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { cancel } from "./cancel.ts";
import { refused } from "./refused.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** POST /api/jobs/cancel `{job_ids}`: the same for several; if one of them is no id, none is cancelled. */
export const cancelJobs =
  ({ queue, limits }: Pick<ServerParts, "queue" | "limits">): Handler =>
  async (c) => {
    const body = await readJson(c, limits.small).catch((error) => {
      // This one has the original's text and nothing beside it.
      throw error instanceof RequestError && error.status === 400 ? refused("Request body must be valid JSON") : error;
    });
    const ids = (body as { readonly job_ids?: unknown } | null)?.job_ids;
    if (!Array.isArray(ids)) throw refused("job_ids must be a list");
    const invalid = ids.filter((id) => typeof id !== "string" || !UUID.test(id)).map(String);
    if (invalid.length > 0) {
      throw new RequestError(400, { error: "job_ids contains invalid id(s)", invalid_ids: invalid });
    }
    return sendJson({ cancelled: cancel(queue, ids as string[]) });
  };

import type { Handler } from "hono";
import { parseJson } from "../../../workflow/losslessJson.ts";
import { RequestError } from "../../errors.ts";
import { sendJson } from "../../http/sendJson.ts";
import type { ServerParts } from "../../serverParts.ts";
import { jobOf } from "./jobOf.ts";

/** GET /api/jobs/{id}: with the workflow, and with what it showed once it is over. */
export const getJob =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  (c) => {
    const found = queue.store.find(c.req.param("id") ?? "");
    if (found === null) throw new RequestError(404, { error: "Job not found" });
    const over = found.shown !== null && found.status !== null;
    return sendJson({
      ...jobOf(found),
      ...(over
        ? {
            outputs: parseJson(found.shown!),
            execution_status: parseJson(found.status!),
            workflow: { prompt: parseJson(found.texts.prompt), extra_data: parseJson(found.texts.extraData) },
          }
        : {}),
    });
  };

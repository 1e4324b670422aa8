import type { Handler } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { JobState } from "../../queue/jobRecord.ts";
import type { ServerParts } from "../../serverParts.ts";
import { intQuery } from "./intQuery.ts";
import { jobOf } from "./jobOf.ts";
import { refused } from "./refused.ts";

const STATES: readonly JobState[] = ["pending", "in_progress", "completed", "failed", "cancelled"];

/** GET /api/jobs: what waits, runs and is over, filtered, sorted and by pages. Texts of refusals are the original's. */
export const getJobs =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  (c) => {
    const words = (c.req.query("status") ?? "").split(",").map((word) => word.trim().toLowerCase());
    const states = words.filter((word) => word !== "");
    const unknown = states.filter((state) => !(STATES as readonly string[]).includes(state));
    if (unknown.length > 0) {
      throw refused(`Invalid status value(s): ${unknown.join(", ")}. Valid values: ${STATES.join(", ")}`);
    }
    const sortBy = c.req.query("sort_by") ?? "created_at";
    if (sortBy !== "created_at" && sortBy !== "execution_duration") {
      throw refused("sort_by must be 'created_at' or 'execution_duration'");
    }
    const order = c.req.query("sort_order") ?? "desc";
    if (order !== "asc" && order !== "desc") throw refused("sort_order must be 'asc' or 'desc'");
    const limit = intQuery(c, "limit");
    if (limit !== null && limit < 1) throw refused("limit must be a positive integer");
    const offset = Math.max(0, intQuery(c, "offset") ?? 0);
    const { rows, total } = queue.store.list({
      states: states as JobState[],
      workflowId: c.req.query("workflow_id") ?? null,
      sortBy,
      descending: order === "desc",
      limit,
      offset,
    });
    return sendJson({
      jobs: rows.map(jobOf),
      pagination: { offset, limit, total, has_more: offset + rows.length < total },
    });
  };

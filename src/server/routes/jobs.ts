import type { Context, Handler } from "hono";
import { parseJson } from "../../workflow/losslessJson.ts";
import { RequestError } from "../errors.ts";
import { readJson } from "../http/readJson.ts";
import { sendJson } from "../http/sendJson.ts";
import type { JobRow, JobState } from "../queue/jobRecord.ts";
import type { ServerParts } from "../serverParts.ts";

const STATES: readonly JobState[] = ["pending", "in_progress", "completed", "failed", "cancelled"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

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

/** POST /api/jobs/{id}/cancel: takes a job out that waits, stops one that runs. False where there is nothing to cancel. */
export const cancelJob =
  ({ queue }: Pick<ServerParts, "queue">): Handler =>
  (c) =>
    sendJson({ cancelled: cancel(queue, [c.req.param("id") ?? ""]) });

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

function cancel(queue: ServerParts["queue"], ids: readonly string[]): boolean {
  const removed = queue.remove(new Set(ids)) > 0;
  return ids.map((id) => queue.interrupt(id)).includes(true) || removed;
}

/** Nulls are left out. */
function jobOf(row: JobRow): Readonly<Record<string, unknown>> {
  const all = {
    id: row.id,
    status: row.state,
    priority: row.number,
    create_time: row.createTime,
    execution_start_time: row.startTime,
    execution_end_time: row.endTime,
    execution_error: row.error === null ? null : parseJson(row.error),
    outputs_count: row.outputsCount,
    previewable_outputs_count: row.previewableCount,
    preview_output: row.previewOutput === null ? null : parseJson(row.previewOutput),
    workflow_id: row.workflowId,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

const refused = (error: string): RequestError => new RequestError(400, { error });

function intQuery(c: Context, name: string): number | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  if (!/^[-+]?\d{1,15}$/.test(text.trim())) throw refused(`${name} must be an integer`);
  return Number(text);
}

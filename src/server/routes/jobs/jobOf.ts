import { parseJson } from "../../../workflow/losslessJson.ts";
import type { JobRow } from "../../queue/jobRecord.ts";

/** Nulls are left out. */
export function jobOf(row: JobRow): Readonly<Record<string, unknown>> {
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

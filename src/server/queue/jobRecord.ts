/** What a job is in the queue and in the history. `in_progress` and the rest are the words of GET /api/jobs. */
export type JobState = "pending" | "in_progress" | "completed" | "failed" | "cancelled";

/** A prompt as accepted. Texts are JSON and are kept as such: what nobody reads is not parsed, and integers stay exact. */
export interface NewJob {
  readonly id: string;
  /** Behind what waits, before it, or at a number of the client's choice: lower ones run first, equal ones in the order of arrival. */
  readonly place: "back" | "front" | number;
  /** ms since 1970. */
  readonly createTime: number;
  readonly prompt: string;
  readonly extraData: string;
  /** Ids of the output nodes to run, a JSON list. */
  readonly outputs: string;
  readonly workflowId: string | null;
}

/** What the queue knows of a job without reading its texts. `seq` counts jobs as they arrive, over restarts too. */
export interface JobHead {
  readonly seq: number;
  readonly id: string;
  readonly number: number;
  readonly createTime: number;
}

export interface JobTexts {
  readonly prompt: string;
  readonly extraData: string;
  readonly outputs: string;
}

/** How a job ended. Texts are JSON. Times are ms since 1970; null where it never began. */
export interface JobEnd {
  readonly state: "completed" | "failed" | "cancelled";
  readonly startTime: number | null;
  readonly endTime: number | null;
  /** What each output node showed, by node. */
  readonly shown: string;
  /** `{status_str, completed, messages}`. */
  readonly status: string;
  /** By node: `{node_id, display_node, parent_node, real_node_id}`. */
  readonly meta: string;
  readonly outputsCount: number;
  readonly previewableCount: number;
  readonly previewOutput: string | null;
  /** The data of `execution_error`. */
  readonly error: string | null;
}

/** A row of GET /api/jobs. */
export interface JobRow extends JobHead {
  readonly state: JobState;
  readonly workflowId: string | null;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly outputsCount: number;
  readonly previewableCount: number;
  readonly previewOutput: string | null;
  readonly error: string | null;
}

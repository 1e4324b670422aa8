import type { JobEnd, JobHead, JobRow, JobState, JobTexts, NewJob } from "./jobRecord.ts";

/**
 * Jobs on disk: what is accepted, what runs, what is over. Every method has done its work when it returns, in a way that survives the end
 * of the process at the next instruction. Implemented over SQLite (`openJobStore`).
 */
export interface JobStore {
  /** Accepts a job and gives it its number. */
  add(job: NewJob): JobHead;
  /** What waits, in the order in which it will run. Jobs that ran when the last process ended wait again. */
  waiting(): readonly JobHead[];
  texts(seq: number): JobTexts;
  /** It runs now. */
  begin(seq: number): void;
  /** It is over, and in the history: an older job of the same id leaves that, and so does the oldest when it is full. */
  finish(seq: number, end: JobEnd): void;
  /** Forgets jobs that wait. */
  drop(seqs: readonly number[]): void;

  /** Entries of GET /history as JSON members, oldest first: `"id":{...}`. */
  history(range: { readonly max: number | null; readonly offset: number | null }): readonly string[];
  /** One of them, or null. */
  historyOf(id: string): string | null;
  clearHistory(): void;
  deleteHistory(ids: readonly string[]): void;

  list(query: JobQuery): { readonly rows: readonly JobRow[]; readonly total: number };
  /** A job of that id, the latest if there are several; with what it showed once it is over. */
  find(
    id: string,
  ): (JobRow & { readonly texts: JobTexts; readonly shown: string | null; readonly status: string | null }) | null;
  close(): void;
}

export interface JobQuery {
  /** Empty: all. */
  readonly states: readonly JobState[];
  readonly workflowId: string | null;
  readonly sortBy: "created_at" | "execution_duration";
  readonly descending: boolean;
  readonly limit: number | null;
  readonly offset: number;
}

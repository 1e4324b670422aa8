import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { ServerError } from "../errors.ts";
import type { JobEnd, JobHead, JobRow, JobState, JobTexts, NewJob } from "./jobRecord.ts";
import type { JobQuery, JobStore } from "./jobStore.ts";

/** As many entries as the original keeps. */
const HISTORY = 10_000;

/** A change here needs a step from the version before. */
const VERSION = 1;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  number REAL NOT NULL,
  create_time INTEGER NOT NULL,
  workflow_id TEXT,
  prompt TEXT NOT NULL,
  extra_data TEXT NOT NULL,
  outputs TEXT NOT NULL,
  done INTEGER,
  start_time INTEGER,
  end_time INTEGER,
  shown TEXT,
  status TEXT,
  meta TEXT,
  outputs_count INTEGER NOT NULL DEFAULT 0,
  previewable_count INTEGER NOT NULL DEFAULT 0,
  preview_output TEXT,
  error TEXT
);
CREATE INDEX IF NOT EXISTS jobs_id ON jobs (id);
CREATE INDEX IF NOT EXISTS jobs_state ON jobs (state, number, seq);
CREATE UNIQUE INDEX IF NOT EXISTS jobs_done ON jobs (done);
CREATE INDEX IF NOT EXISTS jobs_created ON jobs (create_time, seq);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
`;

const HEAD = "seq, id, number, create_time AS createTime";
const ROW = `${HEAD}, state, workflow_id AS workflowId, start_time AS startTime, end_time AS endTime,
  outputs_count AS outputsCount, previewable_count AS previewableCount, preview_output AS previewOutput, error`;
const TEXTS = "prompt, extra_data AS extraData, outputs";

interface HistoryRow {
  readonly id: string;
  readonly number: number;
  readonly prompt: string;
  readonly extraData: string;
  readonly outputs: string;
  readonly shown: string;
  readonly status: string;
  readonly meta: string;
}

/**
 * The queue and the history in a file of SQLite, held by one process at a time. The log is written ahead and synced with each acceptance: what
 * a client was told survives kill -9 and a power cut. Beginnings and ends survive kill -9; a power cut may make a job run again. ":memory:" is a store that lives as long as its process.
 * Throws ServerError: "folder-in-use", "broken-queue".
 */
export function openJobStore(file: string): JobStore {
  const db = open(file);
  // A job that ran when its process ended waits again, at its old place.
  db.exec("UPDATE jobs SET state = 'pending' WHERE state = 'in_progress'");

  const insert = db.prepare(
    "INSERT INTO jobs (id, state, number, create_time, workflow_id, prompt, extra_data, outputs) VALUES (?, 'pending', ?, ?, ?, ?, ?, ?)",
  );
  const begin = db.prepare("UPDATE jobs SET state = 'in_progress' WHERE seq = ?");
  const remove = db.prepare("DELETE FROM jobs WHERE seq = ?");
  const texts = db.prepare(`SELECT ${TEXTS} FROM jobs WHERE seq = ?`);
  const older = db.prepare("DELETE FROM jobs WHERE done IS NOT NULL AND id = (SELECT id FROM jobs WHERE seq = ?)");
  const finish = db.prepare(
    `UPDATE jobs SET state = ?, start_time = ?, end_time = ?, shown = ?, status = ?, meta = ?, outputs_count = ?,
     previewable_count = ?, preview_output = ?, error = ?, done = (SELECT COALESCE(MAX(done), 0) + 1 FROM jobs) WHERE seq = ?`,
  );
  // Numbers of entries that were deleted stay unused: then fewer are kept, never more.
  const prune = db.prepare("DELETE FROM jobs WHERE done <= (SELECT MAX(done) FROM jobs) - ?");
  const count = db.prepare(
    "INSERT INTO counters (name, value) VALUES ('number', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
  );
  const counted = db.prepare("SELECT value FROM counters WHERE name = 'number'");
  const historyOf = db.prepare(
    `SELECT id, number, ${TEXTS}, shown, status, meta FROM jobs WHERE done IS NOT NULL AND id = ?`,
  );
  const deleteHistory = db.prepare("DELETE FROM jobs WHERE done IS NOT NULL AND id = ?");
  const find = db.prepare(`SELECT ${ROW}, ${TEXTS}, shown, status FROM jobs WHERE id = ? ORDER BY seq DESC LIMIT 1`);

  const addOne = db.transaction((job: NewJob): JobHead => {
    count.run();
    const next = Number((counted.get() as { readonly value: number }).value) - 1;
    const number = job.place === "back" ? next : job.place === "front" ? -next : job.place;
    const { id, createTime, workflowId, prompt, extraData, outputs } = job;
    const { lastInsertRowid } = insert.run(id, number, createTime, workflowId, prompt, extraData, outputs);
    return { seq: Number(lastInsertRowid), id, number, createTime };
  });
  const finishOne = db.transaction((seq: number, end: JobEnd) => {
    older.run(seq);
    finish.run(
      end.state,
      end.startTime,
      end.endTime,
      end.shown,
      end.status,
      end.meta,
      end.outputsCount,
      end.previewableCount,
      end.previewOutput,
      end.error,
      seq,
    );
    prune.run(HISTORY);
  });
  const dropAll = db.transaction((seqs: readonly number[]) => {
    for (const seq of seqs) remove.run(seq);
  });
  const deleteAll = db.transaction((ids: readonly string[]) => {
    for (const id of ids) deleteHistory.run(id);
  });

  return {
    add(job) {
      db.pragma("synchronous = FULL");
      try {
        return addOne(job);
      } finally {
        db.pragma("synchronous = NORMAL");
      }
    },
    waiting: () =>
      db.prepare(`SELECT ${HEAD} FROM jobs WHERE state = 'pending' ORDER BY number, seq`).all().map(headOf),
    texts: (seq) => textsOf(texts.get(seq)),
    begin: (seq) => void begin.run(seq),
    finish: (seq, end) => finishOne(seq, end),
    drop: (seqs) => dropAll(seqs),

    history({ max, offset }) {
      const columns = `SELECT id, number, ${TEXTS}, shown, status, meta FROM jobs WHERE done IS NOT NULL ORDER BY done`;
      const rows =
        offset === null && max !== null
          ? db.prepare(`${columns} DESC LIMIT ?`).all(max).reverse()
          : db.prepare(`${columns} LIMIT ? OFFSET ?`).all(max ?? -1, offset ?? 0);
      return (rows as HistoryRow[]).map(memberOf);
    },
    historyOf(id) {
      const row = historyOf.get(id) as HistoryRow | undefined;
      return row === undefined ? null : memberOf(row);
    },
    clearHistory: () => void db.exec("DELETE FROM jobs WHERE done IS NOT NULL"),
    deleteHistory: (ids) => deleteAll(ids),

    list(query) {
      const { where, values } = filterOf(query);
      const direction = query.descending ? "DESC" : "ASC";
      const key = query.sortBy === "created_at" ? "create_time" : "COALESCE(end_time - start_time, 0)";
      const rows = db
        .prepare(`SELECT ${ROW} FROM jobs ${where} ORDER BY ${key} ${direction}, seq ${direction} LIMIT ? OFFSET ?`)
        .all(...values, query.limit ?? -1, query.offset);
      const total = db.prepare(`SELECT COUNT(*) AS total FROM jobs ${where}`).get(...values);
      return { rows: rows.map(rowOf), total: Number((total as { readonly total: number }).total) };
    },
    find(id) {
      const row = find.get(id) as (JobRow & JobTexts & { shown: string | null; status: string | null }) | undefined;
      if (row === undefined) return null;
      return { ...rowOf(row), texts: textsOf(row), shown: row.shown, status: row.status };
    },
    // The lock goes when the process ends: statements that are not collected keep the connection.
    close: () => void db.close(),
  };
}

function open(file: string): Database.Database {
  try {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    const db = new Database(file, { timeout: 1000 });
    // Held from the first write on: two servers would run each other's jobs. The system lets go of it with the process.
    db.pragma("locking_mode = EXCLUSIVE");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    const found = Number((db.pragma("user_version") as { readonly user_version: number }[])[0]?.user_version ?? 0);
    if (found > VERSION) {
      db.close();
      throw new ServerError("broken-queue", `${file} was written by a newer Weir; use that, or move the file away`);
    }
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT`);
    return db;
  } catch (error) {
    if (error instanceof ServerError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/busy|locked/i.test(message)) {
      throw new ServerError(
        "folder-in-use",
        `${file} is in use: another weir serve runs on this folder; stop it, or choose another --user-directory`,
      );
    }
    throw new ServerError(
      "broken-queue",
      `${file} cannot be opened: ${message}; move it away to start with an empty queue and history`,
    );
  }
}

function filterOf({ states, workflowId }: JobQuery): { readonly where: string; readonly values: readonly string[] } {
  const parts: string[] = [];
  if (states.length > 0) parts.push(`state IN (${states.map(() => "?").join(", ")})`);
  if (workflowId !== null) parts.push("workflow_id = ?");
  const where = parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`;
  return { where, values: [...states, ...(workflowId === null ? [] : [workflowId])] };
}

const memberOf = (row: HistoryRow): string => {
  const prompt = `[${row.number},${JSON.stringify(row.id)},${row.prompt},${row.extraData},${row.outputs}]`;
  return `${JSON.stringify(row.id)}:{"prompt":${prompt},"outputs":${row.shown},"status":${row.status},"meta":${row.meta}}`;
};

function headOf(row: unknown): JobHead {
  const { seq, id, number, createTime } = row as JobHead;
  return { seq, id, number, createTime };
}

function textsOf(row: unknown): JobTexts {
  if (row === undefined) throw new Error("invariant: a job of the queue is not in the store");
  const { prompt, extraData, outputs } = row as JobTexts;
  return { prompt, extraData, outputs };
}

function rowOf(row: unknown): JobRow {
  const { state, workflowId, startTime, endTime, outputsCount, previewableCount, previewOutput, error } = row as JobRow;
  return {
    ...headOf(row),
    state: state as JobState,
    workflowId,
    startTime,
    endTime,
    outputsCount,
    previewableCount,
    previewOutput,
    error,
  };
}

import { Worker } from "node:worker_threads";
import type { EncodeJob, EncodeMessage } from "./encodeJob.ts";
import type { WorkerInput } from "./encodeWorker.ts";

/**
 * The process that encodes: threads over one list of pieces. ggml ends its process over what it does not like, and that must not be the
 * command line's. It writes nothing but the file it is told, and ends when who started it does.
 */
const CRUMBS = 4;
const entry = new URL(import.meta.url.endsWith(".ts") ? "./encodeWorker.ts" : "./encodeWorker.js", import.meta.url);

// Ctrl-C goes to all processes of a terminal: the command line decides what becomes of this one.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
process.once("message", (job: EncodeJob) => {
  const next = new SharedArrayBuffer(4);
  const workerData: WorkerInput = { job, next, crumbs: CRUMBS };
  const say = (message: EncodeMessage) => process.send!(message);
  let running = job.threads;
  let failed = false;
  const stop = (message: EncodeMessage) => {
    // the first says what is wrong; the others would say it again
    if (!failed) say(message);
    failed = true;
    Atomics.store(new Int32Array(next), 0, 2 ** 30);
  };
  for (let i = 0; i < job.threads; i++) {
    const worker = new Worker(entry, { workerData });
    worker.on("message", (message: EncodeMessage) => (message.kind === "failed" ? stop(message) : say(message)));
    worker.on("error", (error) => stop({ kind: "failed", code: null, message: error.message }));
    worker.on("exit", () => {
      running -= 1;
      if (running === 0) process.send!({ kind: "done" } satisfies EncodeMessage, () => process.disconnect());
    });
  }
});

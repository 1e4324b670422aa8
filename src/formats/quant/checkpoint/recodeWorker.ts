import { parentPort } from "node:worker_threads";
import { buffersOf } from "./buffersOf.ts";
import { type RecodeTask, runRecodeTask } from "./recodeTask.ts";

/** A thread of `recodePool`: a task in, its result out, buffers handed over and not copied. */
parentPort!.on("message", (task: RecodeTask) => {
  const result = runRecodeTask(task);
  parentPort!.postMessage(result, "out" in result ? buffersOf(result) : []);
});

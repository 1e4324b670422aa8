import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type RecodeResult, type RecodeTask, runRecodeTask } from "./recodeTask.ts";

/** Recodes rows off the event loop. */
export interface RecodePool {
  /** Tasks that make use of the pool at once, and whose buffers live meanwhile: what its callers bound their memory by. */
  readonly width: number;
  run(task: RecodeTask): Promise<RecodeResult>;
  close(): Promise<void>;
}

/** A result this small is sooner made than handed to a thread and back. */
const SMALL = 64 * 1024;
/** More threads than this wait for memory and not for arithmetic. */
const MOST = 16;

/** All but one of the machine's, which the event loop and the disk keep busy. */
const DEFAULT_THREADS = Math.max(1, Math.min(MOST, availableParallelism() - 1));

interface Waiting {
  readonly task: RecodeTask;
  readonly resolve: (result: RecodeResult) => void;
}

/**
 * Threads that start with the first task that is large enough and end with the process (they do not hold it). One that dies costs its task's
 * caller an error. `entry`: the file beside this one; from TypeScript sources it is loaded as the command line's own tests load theirs, by jiti.
 */
export function createRecodePool(threads: number = DEFAULT_THREADS, entry: URL = ownEntry()): RecodePool {
  const waiting: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();

  const lost = (worker: Worker, why: string): void => {
    const item = busy.get(worker);
    busy.delete(worker);
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
    item?.resolve({ fact: `a thread that decodes weights ended: ${why}` });
    next();
  };
  const start = (): Worker => {
    const execArgv = entry.pathname.endsWith(".ts") ? ["--import", "jiti/register"] : [];
    const worker = new Worker(entry, { execArgv });
    worker.unref();
    worker.on("message", (result: RecodeResult) => {
      const item = busy.get(worker);
      busy.delete(worker);
      worker.unref();
      idle.push(worker);
      item?.resolve(result);
      next();
    });
    worker.on("error", (error) => lost(worker, error.message));
    worker.on("exit", (code) => lost(worker, `exit code ${code}`));
    return worker;
  };
  const next = (): void => {
    while (waiting.length > 0) {
      const worker = idle.pop() ?? (busy.size < threads ? start() : undefined);
      if (worker === undefined) return;
      const item = waiting.shift()!;
      busy.set(worker, item);
      // somebody waits: the process must not end under it
      worker.ref();
      const { task } = item;
      worker.postMessage(
        task,
        task.parts.map(({ buffer }) => buffer as ArrayBuffer),
      );
    }
  };

  return {
    width: threads + 1,
    run(task) {
      if (task.bytes <= SMALL) return Promise.resolve(runRecodeTask(task));
      return new Promise((resolve) => {
        waiting.push({ task, resolve });
        next();
      });
    },
    async close() {
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()));
    },
  };
}

function ownEntry(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./recodeWorker.ts" : "./recodeWorker.js", import.meta.url);
}

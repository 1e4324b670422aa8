import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { buffersOf } from "./buffersOf.ts";
import { type RecodeResult, type RecodeTask, runRecodeTask } from "./recodeTask.ts";

/** Recodes rows off the event loop. */
export interface RecodePool {
  /** Tasks of one caller that make use of the pool at once, and whose buffers live meanwhile. */
  readonly width: number;
  /** A buffer for a task: of one that is done, where there is one that is large enough. What it holds is anything. */
  take(bytes: number): Uint8Array;
  run(task: RecodeTask): Promise<RecodeResult>;
  /** The buffers of a result that was read. */
  give(result: Extract<RecodeResult, { readonly out: Uint8Array }>): void;
  close(): Promise<void>;
}

/** A result this small is sooner made than handed to a thread and back. */
const SMALL = 64 * 1024;
/** More threads than this wait for memory and not for arithmetic. */
const MOST = 16;
/** Tasks a thread has: one it is at, and one that it need not wait for. */
const DEEP = 2;
/** Buffers are whole multiples of this, so that pieces of layers of several shapes fit into one another's. */
const STEP = 256 * 1024;

/** All that the machine has: the event loop only hands out, and reading is the system's. */
const DEFAULT_THREADS = Math.max(1, Math.min(MOST, availableParallelism()));

interface Waiting {
  readonly task: RecodeTask;
  readonly resolve: (result: RecodeResult) => void;
}

interface Thread {
  readonly worker: Worker;
  /** It answers in this order. */
  readonly has: Waiting[];
}

/**
 * Threads that start with the first task that is large enough and end with the process (they do not hold it). One that dies costs its tasks'
 * callers an error. `entry`: the file beside this one; from TypeScript sources it is loaded as the command line's own tests load theirs, by jiti.
 */
export function createRecodePool(threads: number = DEFAULT_THREADS, entry: URL = ownEntry()): RecodePool {
  const waiting: Waiting[] = [];
  const running = new Set<Thread>();
  const spare: ArrayBuffer[] = [];

  const lost = (thread: Thread, why: string): void => {
    if (!running.delete(thread)) return;
    for (const item of thread.has) item.resolve({ fact: `a thread that decodes weights ended: ${why}` });
    next();
  };
  const start = (): Thread => {
    const execArgv = entry.pathname.endsWith(".ts") ? ["--import", "jiti/register"] : [];
    const worker = new Worker(entry, { execArgv });
    const thread: Thread = { worker, has: [] };
    running.add(thread);
    worker.on("message", (result: RecodeResult) => {
      const item = thread.has.shift()!;
      if (thread.has.length === 0) worker.unref();
      item.resolve(result);
      next();
    });
    worker.on("error", (error) => lost(thread, error.message));
    worker.on("exit", (code) => lost(thread, `exit code ${code}`));
    return thread;
  };
  /** An idle one, else a new one, else one that has room for another task. */
  const free = (): Thread | undefined => {
    let best: Thread | undefined;
    for (const thread of running) if (!best || thread.has.length < best.has.length) best = thread;
    if (best?.has.length === 0) return best;
    if (running.size < threads) return start();
    return best!.has.length < DEEP ? best : undefined;
  };
  const next = (): void => {
    while (waiting.length > 0) {
      const thread = free();
      if (thread === undefined) return;
      const item = waiting.shift()!;
      thread.has.push(item);
      // somebody waits: the process must not end under it
      thread.worker.ref();
      thread.worker.postMessage(item.task, buffersOf(item.task));
    }
  };

  const width = DEEP * threads;
  return {
    width,
    take(bytes) {
      const at = spare.findLastIndex(({ byteLength }) => byteLength >= bytes);
      const [buffer] = at < 0 ? [new ArrayBuffer(Math.ceil(bytes / STEP) * STEP)] : spare.splice(at, 1);
      return new Uint8Array(buffer!, 0, bytes);
    },
    run(task) {
      if (task.out.length <= SMALL) return Promise.resolve(runRecodeTask(task));
      return new Promise((resolve) => {
        waiting.push({ task, resolve });
        next();
      });
    },
    give(result) {
      for (const buffer of buffersOf(result)) if (spare.length < 2 * width) spare.push(buffer);
    },
    async close() {
      spare.length = 0;
      await Promise.all([...running].map(({ worker }) => worker.terminate()));
    },
  };
}

function ownEntry(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./recodeWorker.ts" : "./recodeWorker.js", import.meta.url);
}

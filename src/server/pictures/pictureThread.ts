import { Worker } from "node:worker_threads";
import type { PictureResult, PictureTask } from "./pictureTask.ts";

/** Does work on pictures somewhere else than on the server's loop. */
export interface PictureThread {
  run(task: PictureTask): Promise<PictureResult>;
  close(): Promise<void>;
}

/** More than the largest picture takes; what takes longer is stuck, or made to be. */
const TIMEOUT_MS = 20_000;
/** Tasks that wait: more are refused, so that a flood of requests costs no memory. */
const MAX_WAITING = 64;
/** Of JavaScript; the codecs' own memory lies beside it and is bounded by the pixels that are taken. */
const MEMORY_MIB = 1024;

interface Waiting {
  readonly task: PictureTask;
  readonly resolve: (result: PictureResult) => void;
}

/**
 * One thread, started with the first task. A task that takes too long, or a thread that dies, costs that task its result and the next one a new
 * thread. `entry`: the built file; by default the one beside this. `timeout`: ms that a task may take.
 */
export function createPictureThread(
  entry: URL = new URL("./worker.js", import.meta.url),
  timeout: number = TIMEOUT_MS,
): PictureThread {
  const waiting: Waiting[] = [];
  let worker: Worker | null = null;
  let current: { readonly id: number; readonly resolve: (result: PictureResult) => void } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let count = 0;

  const settle = (result: PictureResult): void => {
    clearTimeout(timer);
    const { resolve } = current!;
    current = null;
    resolve(result);
    next();
  };
  const start = (): Worker => {
    const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB } });
    // The server ends when it is told to, whatever this does.
    thread.unref();
    thread.on("message", ({ id, result }: { readonly id: number; readonly result: PictureResult }) => {
      if (current?.id === id) settle(result);
    });
    const lost = (why: string): void => {
      if (worker !== thread) return;
      worker = null;
      if (current !== null) settle({ ok: false, message: `the picture could not be worked on: ${why}` });
    };
    thread.on("error", (error) => lost(error.message));
    thread.on("exit", () => lost("its thread ended"));
    return thread;
  };
  const next = (): void => {
    if (current !== null) return;
    const item = waiting.shift();
    if (item === undefined) return;
    worker ??= start();
    count += 1;
    current = { id: count, resolve: item.resolve };
    timer = setTimeout(() => {
      const stuck = worker;
      worker = null;
      void stuck?.terminate();
      settle({ ok: false, message: `the picture took longer than ${timeout / 1000} s` });
    }, timeout);
    worker.postMessage({ id: count, task: item.task });
  };

  return {
    run(task) {
      if (waiting.length >= MAX_WAITING) {
        return Promise.resolve({ ok: false, message: "too many pictures wait to be worked on; try again" });
      }
      return new Promise((resolve) => {
        waiting.push({ task, resolve });
        next();
      });
    },
    async close() {
      clearTimeout(timer);
      const thread = worker;
      worker = null;
      await thread?.terminate();
    },
  };
}

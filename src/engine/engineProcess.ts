import { type ChildProcess, fork } from "node:child_process";
import type { Readable } from "node:stream";
import type { SavedPicture } from "../nodes/context.ts";
import { BREADCRUMB_FD, type Breadcrumb, BreadcrumbTrail } from "./breadcrumb.ts";
import { describeExit } from "./describeExit.ts";
import { EngineError } from "./errors.ts";
import { LastLines } from "./lastLines.ts";
import type { EngineOptions, FromEngine, ToEngine } from "./messages.ts";

/**
 * File reads and the compute library's calls share libuv's threads, four by default: a long graph and a few slow reads would stop
 * everything else. Must be set before the process starts.
 */
const THREADS = "16";
/** How long the pipes of a dead process may stay open (a grandchild may hold them) before we stop waiting for its last words. */
const LAST_WORDS_MS = 500;

export interface ProcessOptions {
  /** The file to fork: plain JavaScript. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly engine: EngineOptions;
  readonly onMessage: (message: FromEngine) => void;
  /** The process's own output, a line or a piece of one, as it comes. Shown only when someone debugs. */
  readonly onOutput?: (text: string) => void;
}

export interface Ready extends Extract<FromEngine, { readonly type: "ready" }> {}

/** How a process ended, and what it was doing. */
export interface Death {
  /** In words, such as "SIGSEGV: ...". */
  readonly how: string;
  readonly crumb: Breadcrumb | undefined;
  /** Pictures of a job that it saved, or was about to. */
  saved(jobId: string): readonly SavedPicture[];
  /** The last lines it printed. */
  readonly output: readonly string[];
}

export interface EngineProcess {
  readonly pid: number;
  /** Rejects with EngineError when it could not start: no such device, no library, or it died. */
  readonly ready: Promise<Ready>;
  /** Resolves when it is gone, however that came. Never rejects. */
  readonly died: Promise<Death>;
  send(message: ToEngine): void;
  kill(): void;
}

/**
 * One engine process: forked, told its options, listened to. stdout and stderr of the process are kept for the error's detail and never
 * reach the terminal: a native library prints when it likes, and the progress line stays whole.
 */
export function startProcess(options: ProcessOptions): EngineProcess {
  const child: ChildProcess = fork(options.entry, [], {
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    env: {
      // A failed check must end the process at once, not start a debugger that prints a backtrace over the terminal.
      GGML_NO_BACKTRACE: "1",
      UV_THREADPOOL_SIZE: THREADS,
      ...options.env,
    } as NodeJS.ProcessEnv,
    // The parent's own flags (a test runner's loader, an inspector's port) are not the engine's.
    execArgv: [],
  });
  const output = new LastLines();
  const trail = new BreadcrumbTrail();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output.add(text);
      options.onOutput?.(text);
    });
  }
  const crumbs = child.stdio[BREADCRUMB_FD] as Readable | null;
  crumbs?.setEncoding("utf8").on("data", (text: string) => trail.add(text));
  crumbs?.on("error", () => {});

  const died = new Promise<Death>((resolve) => {
    const end = (how: string) =>
      resolve({ how, crumb: trail.last(), saved: (jobId) => trail.saved(jobId), output: output.lines() });
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(describeExit(code, signal)));
    child.on("exit", (code, signal) => {
      setTimeout(() => end(describeExit(code, signal)), LAST_WORDS_MS).unref();
    });
  });

  const ready = new Promise<Ready>((resolve, reject) => {
    child.on("message", (message) => {
      const fromEngine = message as FromEngine;
      if (fromEngine.type === "ready") resolve(fromEngine);
      else if (fromEngine.type === "failed") reject(new EngineError(fromEngine.error));
      else options.onMessage(fromEngine);
    });
    died.then((death) =>
      reject(
        new EngineError({
          code: "engine-died",
          message: `the engine died while it started (${death.how})`,
          detail: { output: death.output },
        }),
      ),
    );
  });
  // Whoever does not wait for it hears of the same death through `died`.
  ready.catch(() => {});

  const send = (message: ToEngine) => {
    // A channel that closes under the message: `died` tells, so the error adds nothing.
    if (child.connected) child.send(message, () => {});
  };
  send({ type: "start", options: options.engine });
  return { pid: child.pid ?? -1, ready, died, send, kill: () => void child.kill("SIGKILL") };
}

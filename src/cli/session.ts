import { randomUUID } from "node:crypto";
import type { EngineOptions, Job, JobEvent, JobResult } from "../engine/messages.ts";
import type { Engine } from "../engine/supervisor.ts";
import { RunInterrupted } from "../library/errors.ts";
import { successOf } from "../library/successOf.ts";
import { formatBytes } from "../runtime/formatBytes.ts";
import type { RunStats } from "../runtime/runtime.ts";
import { describeMemoryEvent } from "./describeMemoryEvent.ts";
import { liveProgress } from "./progress/liveProgress.ts";
import { plainProgress } from "./progress/plainProgress.ts";
import type { Progress } from "./progress/progress.ts";
import type { CliContext } from "./runCli.ts";
import { runLine } from "./runLine.ts";
import { statsSince } from "./statsSince.ts";

/** One job that went well. */
export interface Finished {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Of this job alone. */
  readonly stats: RunStats;
  readonly seconds: number;
}

/** An engine for one command line: what runs is shown, Ctrl-C stops it, and nothing is left behind. */
export interface Session {
  readonly engine: Engine;
  readonly progress: Progress;
  /** Throws InvalidWorkflow, RunFailed, RunInterrupted. `file` names the workflow in messages. */
  run(file: string, job: Omit<Job, "id">): Promise<Finished>;
  close(): Promise<void>;
}

/**
 * Starts an engine; `see` is told every event of its jobs. The first Ctrl-C asks it to stop, which takes one graph; the second ends it at once.
 * `opening`: lines to read while it starts, which takes some hundred milliseconds.
 */
export async function openSession(
  options: EngineOptions,
  { io, startEngine }: CliContext,
  opening: readonly string[] = [],
  see: (event: JobEvent) => void = () => {},
): Promise<Session> {
  const progress = io.terminal ? liveProgress(io) : plainProgress(io);
  for (const line of opening) progress.line(line);
  const kill = new AbortController();
  let interrupts = 0;
  let running: { readonly engine: Engine; readonly jobId: string } | undefined;
  const unlisten = io.onInterrupt(() => {
    interrupts += 1;
    // Nothing is lost while it starts; and who asks twice means it.
    if (interrupts > 1 || !running) return kill.abort();
    progress.line("stopping; Ctrl-C again ends it at once");
    running.engine.interrupt(running.jobId);
  });
  const start = startEngine ?? (await import("../engine/supervisor.ts")).startEngine;
  let engine: Engine;
  try {
    engine = await start(options, {
      env: io.env,
      signal: kill.signal,
      ...(io.env["WEIR_DEBUG"] ? { onOutput: (text: string) => progress.line(text.replace(/\n$/, "")) } : {}),
    });
  } catch (error) {
    unlisten();
    throw interrupts > 0 ? new RunInterrupted() : error;
  }
  let introduced = false;
  let before: RunStats | undefined;

  return {
    engine,
    progress,
    async run(file, job) {
      if (interrupts > 0) throw new RunInterrupted();
      if (!introduced) {
        introduced = true;
        progress.line(`${engine.device} (${engine.description}), at most ${formatBytes(engine.vram)} of its memory`);
      }
      const id = randomUUID();
      const startedAt = io.now();
      running = { engine, jobId: id };
      let result: JobResult;
      try {
        result = await engine.run({ id, ...job }, (event) => {
          // A new process counts from zero.
          if (event.kind === "restarted") before = undefined;
          see(event);
          show(event, progress);
        });
      } finally {
        running = undefined;
        progress.end();
      }
      const success = successOf(result, file);
      const stats = statsSince(before, success.stats);
      before = success.stats;
      progress.line(runLine(stats));
      return { outputs: success.outputs, stats, seconds: (io.now() - startedAt) / 1000 };
    },
    async close() {
      progress.end();
      await engine.close();
      // Who pressed Ctrl-C may press it again while the last files are tidied up: that must not change how this ends.
      if (interrupts === 0) unlisten();
    },
  };
}

function show(event: JobEvent, progress: Progress): void {
  progress.event(event);
  if (event.kind === "warning") progress.line(`warning: ${event.text}`);
  if (event.kind === "restarted") {
    const where = event.where === "" ? "" : ` in ${event.where}`;
    progress.line(`the engine died${where} (${event.reason}); starting again`);
  }
  if (event.kind === "memory") {
    const line = describeMemoryEvent(event.event, event.weight);
    if (line !== null) progress.line(event.beside === true ? `${line}  (on ${event.event.device} beside it)` : line);
  }
}

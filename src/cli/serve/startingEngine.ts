import type { FreeRequest, Job, JobEvent, JobResult } from "../../engine/messages.ts";
import type { Engine } from "../../engine/supervisor.ts";

/**
 * An engine that may still be starting, for a server that answers from its first moment: jobs wait for it, and one that is stopped meanwhile never
 * runs. If it does not start, jobs never end: the server does, and they are there for the next one.
 */
export interface StartingEngine extends Pick<Engine, "run" | "interrupt" | "free"> {
  /** Null as long as it starts, and if it failed. */
  readonly engine: Engine | null;
}

export function startingEngine(start: Promise<Engine>): StartingEngine {
  let engine: Engine | null = null;
  const waiting = new Set<string>();
  const stopped = new Set<string>();
  start.then(
    (started) => {
      engine = started;
    },
    () => {},
  );
  return {
    get engine() {
      return engine;
    },
    async run(job: Job, onEvent: (event: JobEvent) => void): Promise<JobResult> {
      if (engine !== null) return engine.run(job, onEvent);
      waiting.add(job.id);
      try {
        const started = await start.catch(() => new Promise<never>(() => {}));
        return stopped.has(job.id) ? { status: "interrupted" } : await started.run(job, onEvent);
      } finally {
        waiting.delete(job.id);
        stopped.delete(job.id);
      }
    },
    interrupt(jobId) {
      if (engine !== null) engine.interrupt(jobId);
      else if (waiting.has(jobId)) stopped.add(jobId);
    },
    free(request: FreeRequest) {
      // Before it is up there is nothing to give back.
      engine?.free(request);
    },
  };
}

import { leaveBreadcrumb, leaveSaved, type SavedCrumb } from "./breadcrumb.ts";
import { CRASH_VARIABLE, crashAt, parseCrashSwitch } from "./crashSwitch.ts";
import type { EngineCore } from "./engine.ts";
import type { EngineOptions, FromEngine, Job, PlainValidation, ToEngine } from "./messages.ts";
import { plainError } from "./plainError.ts";
import { appendSaved } from "./savedLog.ts";

/**
 * The engine process. Forked by the supervisor, told its options, it opens one device and runs one job at a time. It lives as long as its
 * parent: when the message channel closes, for whatever reason, it ends.
 */
const send = (message: FromEngine): void => {
  if (process.connected) process.send!(message);
};
let engine: EngineCore | undefined;
let quitting = false;
/** Jobs and what is done between them, one after the other. */
let tail: Promise<unknown> = Promise.resolve();
let running: { readonly id: string; readonly stop: AbortController; readonly over: Promise<void> } | undefined;

// Ctrl-C reaches the whole group of processes: the parent decides what becomes of the job.
process.on("SIGINT", () => {});
// An exit waits for the threads of the pool, and one may be stuck below us (a graph, a drive that does not answer): nothing waits for an orphan.
process.on("disconnect", () => (quitting ? process.exit(0) : process.kill(process.pid, "SIGKILL")));
process.on("message", (message: ToEngine) => {
  if (message.type === "start") void start(message.options);
  if (message.type === "run") run(message.job);
  if (message.type === "free") {
    // What cannot be freed now is freed when something needs the room: no job ends for its sake.
    tail = Promise.all([tail, running?.over]).then(() => engine?.free(message.free).catch(() => {}));
  }
  if (message.type === "validate") void validate(message);
  if (message.type === "declare" && engine)
    send({ type: "declared", requestId: message.requestId, nodes: engine.declarations() });
  if (message.type === "interrupt" && running?.id === message.jobId) running.stop.abort();
  if (message.type === "stats" && engine) send({ type: "stats", stats: engine.stats() });
  if (message.type === "events" && engine)
    send({ type: "events", requestId: message.requestId, page: engine.events(message.request) });
  if (message.type === "quit") void quit();
});

async function start(options: EngineOptions): Promise<void> {
  try {
    const crash = crashAt(parseCrashSwitch(process.env[CRASH_VARIABLE]));
    // Late, so that the handlers above are there before a native library is loaded.
    const { createEngine } = await import("./engine.ts");
    const onSaved = (saved: SavedCrumb): void => {
      if (options.savedLog !== undefined) appendSaved(options.savedLog, saved);
      leaveSaved(saved);
    };
    engine = await createEngine(options, { onCrumb: leaveBreadcrumb, onStage: crash, onSaved });
    const { device, vram, folders } = engine;
    send({
      type: "ready",
      device: device.id,
      description: device.description,
      pid: process.pid,
      vram,
      folders,
      nodes: engine.declarations(),
    });
  } catch (error) {
    send({ type: "failed", error: plainError(error) });
  }
}

function run(job: Job): void {
  const stop = new AbortController();
  const before = tail;
  const work = async (): Promise<void> => {
    await before;
    const result = await engine!.run(job, stop.signal, (event) => send({ type: "event", jobId: job.id, event }));
    running = undefined;
    send({ type: "done", jobId: job.id, result });
  };
  running = { id: job.id, stop, over: work() };
}

async function validate({ requestId, request }: Extract<ToEngine, { type: "validate" }>): Promise<void> {
  const validation = await engine!.validate(request).catch((error: unknown): PlainValidation => {
    const { message } = plainError(error);
    const refusal = {
      type: "exception_during_validation",
      message: "Exception when validating prompt",
      details: message,
    };
    return { ok: false, error: { ...refusal, extra_info: {} }, nodeErrors: {}, lines: [message], missingFiles: false };
  });
  send({ type: "validated", requestId, validation });
}

/** A graph that runs is stopped first: freeing buffers under it would be a crash at the very end. */
async function quit(): Promise<void> {
  quitting = true;
  running?.stop.abort();
  await running?.over;
  await engine?.close();
  process.disconnect();
}

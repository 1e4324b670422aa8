import { fileURLToPath } from "node:url";
import type { RunStats } from "../runtime/runtime.ts";
import { describeBreadcrumb } from "./breadcrumb.ts";
import { CRASH_VARIABLE, parseCrashSwitch } from "./crashSwitch.ts";
import { type Death, type EngineProcess, type Ready, startProcess } from "./engineProcess.ts";
import { EngineError } from "./errors.ts";
import type {
  EngineOptions,
  EventsPage,
  EventsRequest,
  FreeRequest,
  FromEngine,
  Job,
  JobEvent,
  JobResult,
  NodeDeclaration,
  PlainValidation,
  ToEngine,
  ValidateRequest,
} from "./messages.ts";

/** How long an engine that was told to quit may take. A graph that runs is stopped first, so this is generous. */
const QUIT_MS = 5000;

export interface EngineHooks {
  /** The built entry file; by default the one beside this file. */
  readonly entry?: string;
  /** The environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the process at once, also one that is still starting. */
  readonly signal?: AbortSignal;
  /** What the process itself prints, for who debugs. */
  readonly onOutput?: (text: string) => void;
}

/** The engine as its callers see it: jobs in, events and results out, whatever happens to the process underneath. */
export interface Engine {
  readonly device: string;
  readonly description: string;
  /** The ceiling on device memory in force, in bytes. */
  readonly vram: number;
  readonly nodes: readonly NodeDeclaration[];
  /** Where pictures go. */
  readonly folders: { readonly output: string; readonly temp: string };
  /** Of the process that serves now; another one after a restart. */
  readonly pid: number;
  /**
   * Runs a job; jobs wait for each other. If the process dies the job runs again from its start in a new process, once; a second death
   * is a result with status "error" and code `engine-died` that names what was running. Never rejects for what a job can meet.
   */
  run(job: Job, onEvent: (event: JobEvent) => void): Promise<JobResult>;
  /** Stops a job, running or waiting: its result is "interrupted". One that is over, or unknown, is none of its business. */
  interrupt(jobId: string): void;
  /** Checks a prompt without running it, also while a job runs. Rejects with EngineError if no process can answer. */
  validate(request: ValidateRequest): Promise<PlainValidation>;
  /** The node classes, combos filled from the folders as they are now. Rejects as `validate` does. */
  declarations(): Promise<readonly NodeDeclaration[]>;
  /** Gives memory back when the job that runs is over; nothing to do when no process is up. */
  free(request: FreeRequest): void;
  /** `null` when no process is up. */
  stats(): Promise<RunStats | null>;
  /** What happened to memory lately; `null` when no process is up. */
  events(request: EventsRequest): Promise<EventsPage | null>;
  /** Ends the process: asks, then insists. Nothing is left when it resolves. */
  close(): Promise<void>;
  /** Ends the process at once. Jobs result in "interrupted". */
  kill(): void;
}

/** What a process that ran out of memory prints before it dies, by ggml's and the drivers' words. */
const OUT_OF_MEMORY = /out of memory|failed to allocate|cannot allocate|bad_alloc|ErrorOutOfDeviceMemory/i;

/**
 * Starts an engine process and keeps one running. Nothing in here computes or opens a device: a native library kills its process on a bad
 * graph or a lost device, and this side only notices, restarts and tells. Rejects with EngineError if the first process does not start.
 */
export async function startEngine(options: EngineOptions, hooks: EngineHooks): Promise<Engine> {
  const supervisor = new Supervisor(options, hooks);
  hooks.signal?.addEventListener("abort", () => supervisor.kill(), { once: true });
  await supervisor.start();
  return supervisor;
}

interface Current {
  readonly job: Job;
  readonly onEvent: (event: JobEvent) => void;
  readonly settle: (result: JobResult) => void;
}

class Supervisor implements Engine {
  readonly #options: EngineOptions;
  readonly #hooks: EngineHooks;
  #process: EngineProcess | null = null;
  #ready: Ready | null = null;
  #generation = 0;
  #current: Current | null = null;
  /** The tail of the queue: a job starts when the one before it is settled. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Jobs that run or wait. */
  readonly #jobs = new Set<string>();
  readonly #interrupted = new Set<string>();
  #closed = false;
  #largerReserve = false;
  /** A process that is starting: whoever needs one waits for the same. */
  #starting: Promise<EngineProcess> | null = null;
  #requests = 0;
  readonly #answers = new Map<number, (message: FromEngine) => void>();
  readonly #statsWaiting: ((stats: RunStats | null) => void)[] = [];

  constructor(options: EngineOptions, hooks: EngineHooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  get device(): string {
    return this.#ready?.device ?? "";
  }
  get description(): string {
    return this.#ready?.description ?? "";
  }
  get vram(): number {
    return this.#ready?.vram ?? 0;
  }
  get nodes(): readonly NodeDeclaration[] {
    return this.#ready?.nodes ?? [];
  }
  get folders(): { readonly output: string; readonly temp: string } {
    return this.#ready?.folders ?? { output: "", temp: "" };
  }
  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  async start(): Promise<EngineProcess> {
    const process = startProcess({
      entry: this.#hooks.entry ?? fileURLToPath(new URL("./main.js", import.meta.url)),
      env: this.#environment(),
      engine: this.#largerReserve ? { ...this.#options, largerReserve: true } : this.#options,
      onMessage: (message) => this.#receive(message),
      ...(this.#hooks.onOutput ? { onOutput: this.#hooks.onOutput } : {}),
    });
    this.#generation += 1;
    this.#process = process;
    process.died.then(() => {
      if (this.#process === process) this.#process = null;
      for (const tell of this.#statsWaiting.splice(0)) tell(null);
    });
    try {
      this.#ready = await process.ready;
    } catch (error) {
      process.kill();
      await process.died;
      throw error;
    }
    return process;
  }

  /** A test's deliberate fault reaches the first process only, unless it says `always`. */
  #environment(): Readonly<Record<string, string | undefined>> {
    const crash = parseCrashSwitch(this.#hooks.env[CRASH_VARIABLE]);
    if (!crash || crash.always || this.#generation === 0) return this.#hooks.env;
    return { ...this.#hooks.env, [CRASH_VARIABLE]: undefined };
  }

  #receive(message: FromEngine): void {
    const current = this.#current;
    if (message.type === "event" && message.jobId === current?.job.id) current.onEvent(message.event);
    if (message.type === "done" && message.jobId === current?.job.id) current.settle(message.result);
    if (message.type === "validated" || message.type === "declared" || message.type === "events")
      this.#answers.get(message.requestId)?.(message);
    if (message.type === "stats") this.#statsWaiting.shift()?.(message.stats);
  }

  /** The process that serves, or a new one where that died. Rejects with EngineError if it does not start. */
  async #up(): Promise<EngineProcess> {
    if (this.#starting === null && this.#process !== null) return this.#process;
    this.#starting ??= this.start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  validate(request: ValidateRequest): Promise<PlainValidation> {
    return this.#ask("validated", (requestId) => ({ type: "validate", requestId, request })).then(
      ({ validation }) => validation,
    );
  }

  declarations(): Promise<readonly NodeDeclaration[]> {
    return this.#ask("declared", (requestId) => ({ type: "declare", requestId })).then(({ nodes }) => nodes);
  }

  free(request: FreeRequest): void {
    this.#process?.send({ type: "free", free: request });
  }

  /** A question that any process can answer: if one dies of something else meanwhile, the next is asked, once. */
  async #ask<T extends "validated" | "declared">(
    type: T,
    question: (requestId: number) => ToEngine,
  ): Promise<Extract<FromEngine, { readonly type: T }>> {
    const requestId = ++this.#requests;
    const isAnswer = (message: FromEngine): message is Extract<FromEngine, { readonly type: T }> =>
      message.type === type;
    try {
      for (let attempt = 0; attempt < 2 && !this.#closed; attempt++) {
        const answer = await this.#answerOf(await this.#up(), requestId, question(requestId));
        if (answer !== null && isAnswer(answer)) return answer;
      }
    } finally {
      this.#answers.delete(requestId);
    }
    throw new EngineError({ code: "engine-died", message: "the engine went away before it could answer" });
  }

  /** Null: it died over it. */
  #answerOf(process: EngineProcess, requestId: number, question: ToEngine): Promise<FromEngine | null> {
    return new Promise((resolve) => {
      this.#answers.set(requestId, resolve);
      process.died.then(() => resolve(null));
      process.send(question);
    });
  }

  run(job: Job, onEvent: (event: JobEvent) => void): Promise<JobResult> {
    this.#jobs.add(job.id);
    const result = this.#tail.then(() => this.#runNow(job, onEvent));
    this.#tail = result.catch(() => {});
    return result;
  }

  async #runNow(job: Job, onEvent: (event: JobEvent) => void): Promise<JobResult> {
    let death: Death | undefined;
    try {
      for (let attempt = 0; attempt < 2; attempt++) {
        if (this.#closed || this.#interrupted.has(job.id)) return { status: "interrupted" };
        const saved = [...(job.saved ?? []), ...(death?.saved(job.id) ?? [])];
        const outcome = await this.#attempt(saved.length > 0 ? { ...job, saved } : job, onEvent);
        if ("result" in outcome) return outcome.result;
        if (this.#closed || this.#interrupted.has(job.id)) return { status: "interrupted" };
        death = outcome.death;
        this.#largerReserve ||= ranOutOfMemory(death);
        if (attempt === 0) onEvent({ kind: "restarted", reason: death.how, where: describeBreadcrumb(death.crumb) });
      }
      return { status: "error", ...whereOf(death!), error: diedTwice(death!) };
    } catch (error) {
      if (this.#closed) return { status: "interrupted" };
      if (error instanceof EngineError)
        return { status: "error", error: { code: error.code, message: error.message, detail: error.detail } };
      throw error;
    } finally {
      this.#jobs.delete(job.id);
      this.#interrupted.delete(job.id);
    }
  }

  async #attempt(
    job: Job,
    onEvent: (event: JobEvent) => void,
  ): Promise<{ readonly result: JobResult } | { readonly death: Death }> {
    const process = await this.#up();
    // Stopped while the process came up.
    if (this.#closed || this.#interrupted.has(job.id)) return { result: { status: "interrupted" } };
    try {
      return await new Promise((resolve) => {
        this.#current = { job, onEvent, settle: (result) => resolve({ result }) };
        process.died.then((death) => resolve({ death }));
        process.send({ type: "run", job });
      });
    } finally {
      this.#current = null;
    }
  }

  interrupt(jobId: string): void {
    if (!this.#jobs.has(jobId)) return;
    this.#interrupted.add(jobId);
    this.#process?.send({ type: "interrupt", jobId });
  }

  stats(): Promise<RunStats | null> {
    const process = this.#running();
    if (!process) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#statsWaiting.push(resolve);
      process.send({ type: "stats" });
    });
  }

  async events(request: EventsRequest): Promise<EventsPage | null> {
    const process = this.#running();
    if (!process) return null;
    const requestId = ++this.#requests;
    const answer = await this.#answerOf(process, requestId, { type: "events", requestId, request });
    this.#answers.delete(requestId);
    return answer?.type === "events" ? answer.page : null;
  }

  /** A process that answers: one that is starting does not yet. */
  #running(): EngineProcess | null {
    return this.#starting === null ? this.#process : null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const process = this.#process;
    if (!process) return;
    process.send({ type: "quit" });
    const insist = setTimeout(() => process.kill(), QUIT_MS);
    await process.died;
    clearTimeout(insist);
  }

  kill(): void {
    this.#closed = true;
    this.#process?.kill();
  }
}

function ranOutOfMemory(death: Death): boolean {
  return death.how.startsWith("SIGKILL") || death.output.some((line) => OUT_OF_MEMORY.test(line));
}

function whereOf(death: Death): { readonly node?: string; readonly classType?: string } {
  if (!death.crumb?.node) return {};
  return { node: death.crumb.node, classType: death.crumb.classType };
}

function diedTwice(death: Death) {
  const where = describeBreadcrumb(death.crumb);
  const advice = ranOutOfMemory(death)
    ? "try a smaller --vram, or close what else uses memory"
    : "try --device cpu, or WEIR_DEBUG=1 for what the library said";
  return {
    code: "engine-died",
    message: `the engine died twice${where === "" ? "" : ` in ${where}`} (${death.how}); ${advice}`,
    detail: {
      output: death.output,
      ...(death.crumb ? { stage: death.crumb.stage, model: death.crumb.model } : {}),
    },
  };
}

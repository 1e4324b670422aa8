import type { Io } from "../../src/cli/io.ts";
import { type CliContext, runCli } from "../../src/cli/runCli.ts";
import type { EngineOptions, Job, JobEvent, JobResult, NodeDeclaration } from "../../src/engine/messages.ts";
import type { Engine, EngineHooks } from "../../src/engine/supervisor.ts";
import type { RunStats } from "../../src/runtime/runtime.ts";

/** What a test's engine does with a job. The engine itself is tested in test/engine; here only the command line is. */
export interface Script {
  readonly job: (job: Job, onEvent: (event: JobEvent) => void, engine: ScriptedEngine) => Promise<JobResult>;
  readonly nodes?: readonly NodeDeclaration[];
  readonly folders?: { readonly output: string; readonly temp: string };
  /** Thrown by the start. */
  readonly fails?: Error;
  /** Never starts, until it is told to stop. */
  readonly hangs?: boolean;
}

export class ScriptedEngine implements Engine {
  readonly device = "cpu";
  readonly description = "a test's device";
  readonly pid = 1;
  readonly vram = 20e6;
  readonly nodes: readonly NodeDeclaration[];
  readonly folders: { readonly output: string; readonly temp: string };
  readonly jobs: Job[] = [];
  readonly interrupted: string[] = [];
  closed = false;
  onInterrupt: () => void = () => {};
  readonly options: EngineOptions;
  readonly #script: Script;
  constructor(script: Script, options: EngineOptions) {
    this.#script = script;
    this.options = options;
    this.nodes = script.nodes ?? [];
    this.folders = script.folders ?? { output: options.outputDirectory ?? "/nowhere/output", temp: "/nowhere/temp" };
  }
  run(job: Job, onEvent: (event: JobEvent) => void): Promise<JobResult> {
    this.jobs.push(job);
    return this.#script.job(job, onEvent, this);
  }
  interrupt(jobId: string): void {
    this.interrupted.push(jobId);
    this.onInterrupt();
  }
  stats(): Promise<RunStats | null> {
    return Promise.resolve(null);
  }
  events(): Promise<null> {
    return Promise.resolve(null);
  }
  validate(): Promise<never> {
    return Promise.reject(new Error("the command line does not ask"));
  }
  declarations(): Promise<readonly NodeDeclaration[]> {
    return Promise.resolve(this.nodes);
  }
  free(): void {}
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
  kill(): void {
    this.closed = true;
  }
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly engine: ScriptedEngine | undefined;
}

/** Runs a command line with streams as strings. `ctrlC` in the options of a script's job is `press`. */
export async function weir(
  argv: readonly string[],
  options: {
    readonly script?: Script;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Node's version. */
    readonly node?: string;
    /** What of the disk is another. */
    readonly pull?: CliContext["pull"];
    /** Given the way to press Ctrl-C. */
    readonly ready?: (press: () => void) => void;
  } = {},
): Promise<Outcome> {
  let out = "";
  let err = "";
  let engine: ScriptedEngine | undefined;
  const listeners = new Set<() => void>();
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    terminal: false,
    columns: () => 80,
    env: options.env ?? {},
    cwd: options.cwd ?? "/",
    now: () => 0,
    onInterrupt(see) {
      listeners.add(see);
      return () => void listeners.delete(see);
    },
  };
  options.ready?.(() => {
    for (const see of listeners) see();
  });
  const script = options.script;
  const startEngine = async (engineOptions: EngineOptions, hooks: EngineHooks): Promise<Engine> => {
    if (script?.fails) throw script.fails;
    if (script?.hangs)
      await new Promise((_, reject) => hooks.signal?.addEventListener("abort", () => reject(new Error("killed"))));
    engine = new ScriptedEngine(
      script ?? { job: () => Promise.reject(new Error("no job was expected")) },
      engineOptions,
    );
    hooks.signal?.addEventListener("abort", () => engine?.kill());
    return engine;
  };
  const code = await runCli(argv, {
    io,
    startEngine,
    ...(options.node !== undefined && { node: options.node }),
    ...(options.pull && { pull: options.pull }),
  });
  return { code, out, err, engine };
}

const device = {
  id: "cpu",
  kind: "cpu",
  description: "a test's device",
  unified: true,
  async: false,
  alignment: 32,
  maxBufferBytes: 2 ** 40,
  memoryTotal: 2e9,
  memoryFree: 1e9,
} as const;

/** Statistics of an engine after `runs` runs of a model of 13 MB, of which 5 MB stay, in 3 passes each. */
export function statsAfter(runs: number): RunStats {
  const passes = Array.from({ length: 3 * runs }, (_, i) => ({
    model: "demo",
    kind: "flux2",
    index: i % 3,
    movedBytes: i % 3 === 0 ? 13e6 : 8e6,
    modelBytes: 13e6,
    pinnedBytes: 5e6,
    windowBytes: 2e6,
    weightBudget: 7e6,
  }));
  return {
    device,
    policy: "dynamic",
    vram: { budget: 20e6, used: 7e6, peak: 18.4e6, byKind: {} },
    counters: {
      moves: 90 * runs,
      movedBytes: 29e6 * runs,
      movedBytesByReason: { pin: 5e6 * runs, stream: 24e6 * runs },
      readBytes: 29e6 * runs,
      ramBytes: 0,
      ramDroppedBytes: 0,
      drops: 60 * runs,
      droppedBytes: 22e6 * runs,
      droppedBytesByReason: { used: 22e6 * runs },
      acquires: 18 * runs,
      hits: 12 * runs,
      faults: 0,
    },
    residency: {
      residentBytes: 7e6,
      chunkBytes: 7e6,
      pinnedBytes: 5e6,
      windowBytes: 2e6,
      modelBytes: 13e6,
      weightBudget: 7e6,
      resident: [],
      ramBytes: 0,
      inRam: [],
    },
    passes,
  };
}

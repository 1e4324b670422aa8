import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { EngineError } from "../engine/errors.ts";
import type { EngineOptions, JobEvent, NodeDeclaration } from "../engine/messages.ts";
import { startEngine } from "../engine/supervisor.ts";
import type { RunStats } from "../runtime/runtime.ts";
import { applySettings, type Declarations } from "../workflow/applySettings.ts";
import type { Describe } from "../workflow/convert/scope.ts";
import { SettingError } from "../workflow/errors.ts";
import { printJson } from "../workflow/losslessJson.ts";
import type { Workflow } from "../workflow/toPrompt.ts";
import { describeEngineNodes } from "./describeEngineNodes.ts";
import { RunInterrupted } from "./errors.ts";
import { picturePaths } from "./picturePaths.ts";
import { readWorkflowFile } from "./readWorkflowFile.ts";
import { readWorkflowText } from "./readWorkflowText.ts";
import { successOf } from "./successOf.ts";

/** How the engine is started. Amounts of memory are written as on the command line: "8GB", "7.5GiB", "400MB", "60%". */
export interface WeirOptions {
  /** Holds models/, input/, output/, laid out as ComfyUI's. Default: the current folder. */
  readonly baseDirectory?: string;
  readonly outputDirectory?: string;
  readonly inputDirectory?: string;
  readonly tempDirectory?: string;
  /** Default: models/ in the base directory. */
  readonly modelsDirectory?: string;
  /** Files of more model folders, in the form of extra_model_paths.yaml. */
  readonly extraModelPathsConfig?: readonly string[];
  /** cpu, vulkan, cuda, metal or a device's name. Default: the best there is. */
  readonly device?: string;
  /** The ceiling on all device memory; a share is of the device. */
  readonly vram?: string;
  /** The ceiling on weights alone; a share is of the model's weights. */
  readonly vramWeights?: string;
  /** What the machine's memory may hold for a GPU: "8GB", "50%", "0", "auto". */
  readonly ram?: string;
  /** What is left to others of the device's free memory; a bare number is GB. */
  readonly reserveVram?: string;
  /** Place every weight before the first step, or refuse. */
  readonly disableDynamicVram?: boolean;
  readonly forceFp32?: boolean;
  /** What eight-bit floats of a file become. Default: q8_0. */
  readonly fp8?: "q8_0" | "f16";
  /** CPU threads. Default: one per core. */
  readonly threads?: number;
  /** Leave the workflow out of the pictures. */
  readonly disableMetadata?: boolean;
  /** Folders of JavaScript and TypeScript files that export nodes: docs/custom-nodes.md. They run with this process's rights. */
  readonly customNodes?: readonly string[];
  /** Send every move of a weight as an event. */
  readonly verbose?: boolean;
  /** Send spans of what computes, moves and waits as events. */
  readonly trace?: boolean;
  /** Environment of the engine process. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gives up starting, and ends the engine at once if it is up. */
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** The positive prompt. */
  readonly prompt?: string;
  /** Noise seed of every sampler node: 0 to 2^64 - 1. */
  readonly seed?: number | bigint;
  /** Steps of every scheduler and sampler node. */
  readonly steps?: number;
  /** Inputs by "node.input", the node by its id, title or class: `{ "CFGGuider.cfg": 3 }`. */
  readonly set?: Readonly<Record<string, string | number | bigint | boolean>>;
  /** Sees what happens as it happens: nodes, steps, stages, memory. */
  readonly onEvent?: (event: JobEvent) => void;
  /** Stops the run within one graph; it then rejects with RunInterrupted. */
  readonly signal?: AbortSignal;
}

/** A picture on disk. */
export interface SavedImage {
  /** Of the node that saved it. */
  readonly node: string;
  readonly path: string;
  /** The file's bytes: a PNG. */
  read(): Promise<Uint8Array>;
}

export interface RunResult {
  readonly images: readonly SavedImage[];
  /** What each output node shows, as ComfyUI's history has it. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The engine's counters, from its start on. */
  readonly stats: RunStats;
}

/** An engine in a process of its own. Its models stay loaded from run to run. */
export interface Weir extends AsyncDisposable {
  readonly device: string;
  readonly description: string;
  /** The ceiling on device memory in force, in bytes. */
  readonly vram: number;
  /** Every node class, as data. */
  readonly nodes: readonly NodeDeclaration[];
  /**
   * Runs a workflow in API format: a path or file URL of a JSON file or of a picture that carries it, or the workflow itself (an object, as
   * `JSON.parse` gives it). Runs wait for each other. Rejects with InvalidWorkflow (`lines` says what is wrong), RunFailed,
   * RunInterrupted, FileError and what reading a workflow throws; each has a stable `code` (docs/errors.md).
   */
  run(workflow: string | URL | Readonly<Record<string, unknown>>, options?: RunOptions): Promise<RunResult>;
  /** Ends the process; a run that is under way rejects with RunInterrupted. Nothing is left when it resolves. */
  close(): Promise<void>;
}

/** Starts an engine. Rejects with EngineError: no such device, no compute library, bad options. */
export async function openWeir(options: WeirOptions = {}): Promise<Weir> {
  checkOptions(options);
  const { env = process.env, signal } = options;
  if (signal?.aborted) throw new RunInterrupted(signal.reason);
  const engine = await startEngine(engineOptions(options), { env, ...(signal ? { signal } : {}) }).catch((error) => {
    throw signal?.aborted ? new RunInterrupted(signal.reason) : error;
  });
  const classes = new Map(engine.nodes.map((node) => [node.name, node]));
  const declared: Declarations = (classType) => classes.get(classType);
  const running = new Set<string>();

  const run: Weir["run"] = async (workflow, { onEvent = () => {}, signal: stop, ...settings } = {}) => {
    const { name, prompt, extraPngInfo } = await readAny(workflow, describeEngineNodes(engine.nodes));
    const set = Object.entries(settings.set ?? {}).map(([place, value]) => `${place}=${value}`);
    const { seed, ...rest } = settings;
    const settled = applySettings(
      prompt,
      { ...rest, set, ...(seed === undefined ? {} : { seed: exactSeed(seed) }) },
      declared,
    );
    if (stop?.aborted) throw new RunInterrupted(stop.reason);
    const id = randomUUID();
    const interrupt = () => engine.interrupt(id);
    stop?.addEventListener("abort", interrupt, { once: true });
    running.add(id);
    try {
      const result = await engine.run({ id, prompt: settled, extraPngInfo }, onEvent);
      if (result.status === "interrupted") throw new RunInterrupted(stop?.reason);
      const { outputs, stats } = successOf(result, name);
      const images = Object.entries(outputs).flatMap(([node, ui]) =>
        picturePaths(ui, engine.folders).map((path) => ({ node, path, read: () => readFile(path) })),
      );
      return { images, outputs, stats };
    } finally {
      running.delete(id);
      stop?.removeEventListener("abort", interrupt);
    }
  };
  const close = async () => {
    for (const id of running) engine.interrupt(id);
    await engine.close();
  };
  return {
    get device() {
      return engine.device;
    },
    get description() {
      return engine.description;
    },
    get vram() {
      return engine.vram;
    },
    get nodes() {
      return engine.nodes;
    },
    run,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const LARGEST_SEED = 2n ** 64n - 1n;

function exactSeed(seed: number | bigint): bigint {
  const exact = typeof seed === "bigint" ? seed : Number.isSafeInteger(seed) ? BigInt(seed) : -1n;
  if (exact >= 0n && exact <= LARGEST_SEED) return exact;
  throw new SettingError(`seed is ${seed}; give a whole number from 0 to ${LARGEST_SEED}, above 2^53 as a bigint`);
}

/** Every option. JavaScript has nobody else who would tell of a mistyped one. */
const OPTIONS = {
  baseDirectory: true,
  outputDirectory: true,
  inputDirectory: true,
  tempDirectory: true,
  modelsDirectory: true,
  extraModelPathsConfig: true,
  device: true,
  vram: true,
  vramWeights: true,
  ram: true,
  reserveVram: true,
  disableDynamicVram: true,
  forceFp32: true,
  fp8: true,
  threads: true,
  disableMetadata: true,
  customNodes: true,
  verbose: true,
  trace: true,
  env: true,
  signal: true,
} as const satisfies Record<keyof WeirOptions, true>;

function checkOptions(options: WeirOptions): void {
  const usage = (message: string) => new EngineError({ code: "usage", message });
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined)
    throw usage(`openWeir has no option "${unknown}"; it has ${Object.keys(OPTIONS).join(", ")}`);
  const { threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1))
    throw usage(`threads is ${JSON.stringify(threads)}; expected a whole number from 1 up`);
}

function engineOptions(all: WeirOptions): EngineOptions {
  const { env: _env, signal: _signal, extraModelPathsConfig, reserveVram, ...options } = all;
  return {
    ...options,
    ...(extraModelPathsConfig && { extraModelPaths: extraModelPathsConfig }),
    ...(reserveVram !== undefined && { reserveVram: [reserveVram] }),
    baseDirectory: options.baseDirectory ?? process.cwd(),
    disableDynamicVram: options.disableDynamicVram ?? false,
    forceFp32: options.forceFp32 ?? false,
    disableMetadata: options.disableMetadata ?? false,
    verbose: options.verbose ?? false,
  };
}

async function readAny(
  workflow: string | URL | Readonly<Record<string, unknown>>,
  more: Describe,
): Promise<Workflow & { readonly name: string }> {
  if (typeof workflow === "string" || workflow instanceof URL) {
    const path = typeof workflow === "string" ? workflow : fileURLToPath(workflow);
    return { name: path, ...(await readWorkflowFile(path, path, more)) };
  }
  const name = "the workflow";
  return { name, ...(await readWorkflowText({ name, json: printJson(workflow) }, more)) };
}

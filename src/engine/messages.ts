import type { MemoryEvent } from "../memory/eventLog.ts";
import type { SavedPicture } from "../nodes/context.ts";
import type { RunStats } from "../runtime/runtime.ts";
import type { Span } from "../runtime/trace.ts";
import type { CacheMode } from "../workflow/createResultCache.ts";
import type { ExecutionEvent } from "../workflow/executionEvent.ts";
import type { Prompt } from "../workflow/node.ts";
import type { DeclaredClass } from "../workflow/objectInfo.ts";

/**
 * What supervisor and engine say to each other: plain data (structured clone), the same for the command line and the server. Tensors
 * never cross. The supervisor restarts a dead engine and sends the job again, once.
 */
export type ToEngine =
  | { readonly type: "start"; readonly options: EngineOptions }
  | { readonly type: "run"; readonly job: Job }
  | { readonly type: "interrupt"; readonly jobId: string }
  | { readonly type: "stats" }
  /** Asks for what happened to memory lately. Answered by "events" with the same `requestId`, also while a job runs. */
  | { readonly type: "events"; readonly requestId: number; readonly request: EventsRequest }
  /** Checks a prompt without running it, also while a job runs. Answered by "validated" with the same `requestId`. */
  | { readonly type: "validate"; readonly requestId: number; readonly request: ValidateRequest }
  /** Asks for the declarations of all nodes, combos filled from the folders as they are now. Answered by "declared". */
  | { readonly type: "declare"; readonly requestId: number }
  /** ComfyUI's POST /free: done when the job that runs is over. */
  | { readonly type: "free"; readonly free: FreeRequest }
  | { readonly type: "quit" };

export type FromEngine =
  | {
      readonly type: "ready";
      readonly device: string;
      readonly description: string;
      readonly pid: number;
      /** The ceiling on device memory in force, in bytes. */
      readonly vram: number;
      /** Where pictures go: SaveImage's ("output") and PreviewImage's ("temp") folders. */
      readonly folders: { readonly output: string; readonly temp: string };
      readonly nodes: readonly NodeDeclaration[];
    }
  | { readonly type: "failed"; readonly error: PlainError }
  | { readonly type: "event"; readonly jobId: string; readonly event: JobEvent }
  | { readonly type: "done"; readonly jobId: string; readonly result: JobResult }
  | { readonly type: "stats"; readonly stats: RunStats }
  | { readonly type: "events"; readonly requestId: number; readonly page: EventsPage }
  | { readonly type: "validated"; readonly requestId: number; readonly validation: PlainValidation }
  | { readonly type: "declared"; readonly requestId: number; readonly nodes: readonly NodeDeclaration[] };

export interface EngineOptions {
  /** `--device`: cpu, vulkan, cuda, metal or a device's name; undefined: the best there is. */
  readonly device?: string;
  /** `--vram`, `--vram-weights` as the user wrote them ("8GB", "60%"). */
  readonly vram?: string;
  readonly vramWeights?: string;
  /** `--ram` as written, "auto" included. Default: auto. */
  readonly ram?: string;
  /** `--reserve-vram` and `--vram-headroom`, as written. */
  readonly reserveVram?: readonly string[];
  /** `--highvram`: no headroom is left to others. */
  readonly highVram?: boolean;
  /** `--lowvram`, `--novram`: the share of a model's weights that may be resident at once. */
  readonly pinShare?: number;
  readonly disableDynamicVram: boolean;
  readonly forceFp32: boolean;
  /** `--fp8`: what eight-bit floats of a file become. Default: q8_0. */
  readonly fp8?: "q8_0" | "f16";
  readonly threads?: number;
  readonly baseDirectory: string;
  readonly outputDirectory?: string;
  readonly inputDirectory?: string;
  readonly tempDirectory?: string;
  readonly modelsDirectory?: string;
  /** `--extra-model-paths-config`: files in the form of extra_model_paths.yaml. The one in the base directory is always read. */
  readonly extraModelPaths?: readonly string[];
  readonly disableMetadata: boolean;
  /** A file that keeps what jobs have saved beyond the supervisor's own life (`readSaved`). */
  readonly savedLog?: string;
  /** A file that keeps what previews have learned of VAEs: the first preview of the next process has colours. */
  readonly previewColours?: string;
  /** `--cache-classic`, `--cache-lru`, `--cache-none`, `--cache-ram`. Default: as much as there is memory for. */
  readonly cache?: CacheMode;
  /** `--custom-nodes`: folders of files that export nodes. Left out: none are loaded. */
  readonly customNodes?: readonly string[];
  /** Send every move as it happens (`--verbose`). */
  readonly verbose: boolean;
  /** Send spans of what computes, moves and waits (`--trace`). */
  readonly trace?: boolean;
  /** The last process ran out of memory inside native code: keep a larger reserve. Set by the supervisor. */
  readonly largerReserve?: boolean;
}

export interface Job {
  readonly id: string;
  readonly prompt: Prompt;
  readonly extraPngInfo: Readonly<Record<string, unknown>>;
  /** The output nodes to run, ComfyUI's `partial_execution_targets` (or those of them that are valid); null or left out: all. */
  readonly targets?: readonly string[] | null;
  /** Whether progress carries pictures of what is being made. Left out: none. */
  readonly previews?: "none" | "latent2rgb";
  /** What it saved in a process that died: not saved again. The supervisor adds what it knows of. */
  readonly saved?: readonly SavedPicture[];
}

/** What happens while a job runs, in ComfyUI's words where it has one. */
export type JobEvent =
  | ExecutionEvent
  | {
      readonly kind: "stage";
      /** Where it runs: a workflow may put a model on the CPU beside the main device. */
      readonly device?: string;
      readonly model: string;
      readonly stage: string;
      readonly vramUsed: number;
      readonly vramBudget: number;
      readonly movedBytes: number;
    }
  /** `beside`: of the CPU beside the main device. */
  | { readonly kind: "memory"; readonly event: MemoryEvent; readonly weight?: string; readonly beside?: boolean }
  | { readonly kind: "warning"; readonly text: string }
  /** A batch of spans, in the order in which they ended; times in ms since 1970, so that processes of one run share a time line. */
  | { readonly kind: "trace"; readonly spans: readonly Span[] }
  /** The engine died and the job starts again in a new process. `where`: what was running, "" when nothing was. */
  | { readonly kind: "restarted"; readonly reason: string; readonly where: string };

/** How a job ended. `timestamp`: ms since 1970. `outputs`: what nodes showed, by id, those before an error or an interrupt too. */
export type JobResult =
  | {
      readonly status: "success";
      readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      readonly stats: RunStats;
      readonly nodeErrors: Readonly<Record<string, unknown>>;
      readonly timestamp?: number;
    }
  | ({ readonly status: "invalid" } & PlainRefusal)
  | ({
      readonly status: "error";
      readonly node?: string;
      readonly classType?: string;
      readonly error: PlainError;
      /** ComfyUI's `current_inputs`: each input's values, numbers and texts as they are, the rest in words. */
      readonly currentInputs?: Readonly<Record<string, readonly unknown[]>>;
      /** Nodes whose results are there. */
      readonly currentOutputs?: readonly string[];
      /** Where it happened, in words, a line each: what ComfyUI's traceback is to a user. */
      readonly where?: readonly string[];
    } & Unfinished)
  | ({ readonly status: "interrupted"; readonly node?: string; readonly classType?: string } & Unfinished);

interface Unfinished {
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Nodes that ran, in order. */
  readonly executed?: readonly string[];
  readonly timestamp?: number;
}

export interface ValidateRequest {
  readonly prompt: Prompt;
  readonly targets?: readonly string[] | null;
}

/** What ComfyUI answers to a prompt, as data. */
export type PlainValidation =
  | {
      readonly ok: true;
      /** Values as coerced. */
      readonly prompt: Prompt;
      /** Output nodes that can run. */
      readonly outputs: readonly string[];
      readonly nodeErrors: Readonly<Record<string, unknown>>;
    }
  | ({ readonly ok: false } & PlainRefusal);

export interface PlainRefusal {
  /** `{type, message, details, extra_info}` */
  readonly error: unknown;
  readonly nodeErrors: Readonly<Record<string, unknown>>;
  /** For people: one line a problem, each with what would do. */
  readonly lines: readonly string[];
  /** Every problem is a file that is not in its folder. */
  readonly missingFiles: boolean;
}

/** Which of the recent memory events: numbers above `since`, the oldest `max` of them; `since` null: the newest `max`. */
export interface EventsRequest {
  readonly since: number | null;
  readonly max: number;
}

/** Events in their order. `oldest`, `last`: the numbers that the ring holds now; null while nothing has happened. */
export interface EventsPage {
  readonly events: readonly NumberedEvent[];
  readonly oldest: number | null;
  readonly last: number | null;
}

/** One of them. `seq` goes up over all devices of an engine, and over its restarts; `time`: ms since 1970. */
export interface NumberedEvent {
  readonly seq: number;
  readonly time: number;
  readonly event: MemoryEvent;
  /** The name of `event.weight`. */
  readonly weight?: string;
  /** The title of its model. */
  readonly model?: string;
  /** Of the CPU beside the main device. */
  readonly beside?: boolean;
}

export interface FreeRequest {
  /** Drops weights from VRAM and RAM. */
  readonly unloadModels: boolean;
  /** The same, and forgets the results of nodes. */
  readonly freeMemory: boolean;
}

/** An error as data. `code` is stable (docs/errors.md); `message` carries the numbers and the next step. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A node class as data: what /object_info (`objectInfo` of workflow/) and settings need, with no code; options of combos are lists. */
export interface NodeDeclaration extends DeclaredClass {}

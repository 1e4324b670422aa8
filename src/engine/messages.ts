import type { MemoryEvent } from "../memory/eventLog.ts";
import type { SavedPicture } from "../nodes/context.ts";
import type { RunStats } from "../runtime/runtime.ts";
import type { Span } from "../runtime/trace.ts";
import type { InputSpec, Prompt } from "../workflow/node.ts";

/**
 * What supervisor and engine say to each other: plain data (structured clone), the same for the command line and the server. Tensors
 * never cross. The supervisor restarts a dead engine and sends the job again, once.
 */
export type ToEngine =
  | { readonly type: "start"; readonly options: EngineOptions }
  | { readonly type: "run"; readonly job: Job }
  | { readonly type: "interrupt"; readonly jobId: string }
  | { readonly type: "stats" }
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
  | { readonly type: "stats"; readonly stats: RunStats };

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
  readonly threads?: number;
  readonly baseDirectory: string;
  readonly outputDirectory?: string;
  readonly inputDirectory?: string;
  readonly tempDirectory?: string;
  readonly modelsDirectory?: string;
  /** `--extra-model-paths-config`: files in the form of extra_model_paths.yaml. The one in the base directory is always read. */
  readonly extraModelPaths?: readonly string[];
  readonly disableMetadata: boolean;
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
  /** What it saved in a process that died: not saved again. Set by the supervisor. */
  readonly saved?: readonly SavedPicture[];
}

/** What happens while a job runs, in ComfyUI's words where it has one. */
export type JobEvent =
  | { readonly kind: "execution_start" }
  | { readonly kind: "execution_cached"; readonly nodes: readonly string[] }
  | { readonly kind: "executing"; readonly node: string; readonly classType: string }
  | { readonly kind: "progress"; readonly node: string; readonly value: number; readonly max: number }
  | {
      readonly kind: "stage";
      readonly model: string;
      readonly stage: string;
      readonly vramUsed: number;
      readonly vramBudget: number;
      readonly movedBytes: number;
    }
  /** `ui` is null for a node that was not run (its results were there) and shows nothing. */
  | { readonly kind: "executed"; readonly node: string; readonly ui: Readonly<Record<string, unknown>> | null }
  | { readonly kind: "memory"; readonly event: MemoryEvent; readonly weight?: string }
  | { readonly kind: "warning"; readonly text: string }
  /** A batch of spans, in the order in which they ended; times in ms since 1970, so that processes of one run share a time line. */
  | { readonly kind: "trace"; readonly spans: readonly Span[] }
  /** The engine died and the job starts again in a new process. `where`: what was running, "" when nothing was. */
  | { readonly kind: "restarted"; readonly reason: string; readonly where: string };

export type JobResult =
  | {
      readonly status: "success";
      readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      readonly stats: RunStats;
      readonly nodeErrors: Readonly<Record<string, unknown>>;
    }
  | {
      readonly status: "invalid";
      readonly error: unknown;
      readonly nodeErrors: Readonly<Record<string, unknown>>;
      /** For people: one line a problem, each with what would do. */
      readonly lines: readonly string[];
      /** Every problem is a file that is not in its folder. */
      readonly missingFiles: boolean;
    }
  | { readonly status: "error"; readonly node?: string; readonly classType?: string; readonly error: PlainError }
  | { readonly status: "interrupted" };

/** An error as data. `code` is stable (docs/errors.md); `message` carries the numbers and the next step. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A node class as data: what /object_info and settings need, with no code; options of combos are lists. */
export interface NodeDeclaration {
  readonly name: string;
  readonly displayName: string;
  readonly category: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  readonly outputNode: boolean;
}

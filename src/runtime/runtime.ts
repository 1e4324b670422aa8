import type { QuantOptions } from "../formats/quant/checkpoint/quantOptions.ts";
import type { Counters } from "../memory/eventLog.ts";
import type { ResidencyStats } from "../memory/residency.ts";
import type { Model } from "../models/model.ts";
import type { DeviceInfo } from "../tensor/backend.ts";
import type { LayerTerms } from "../tensor/layerTerms.ts";
import type { PassDef } from "../tensor/stage.ts";

/**
 * Where memory meets compute: one device, its residency and its backend. A pass goes stage by stage and, within a stage, input by
 * input, so that CFG moves a block once a step. For each stage the runtime acquires the use, submits the graph and releases; what
 * comes next is uploaded meanwhile by the residency's script.
 */
export interface Runtime {
  readonly device: DeviceInfo;
  readonly precision: Precision;
  /** How files' quantised layers are to be opened (`openWeights`). */
  readonly quant: QuantOptions;
  /**
   * Makes a model's weights known to the residency. Reads nothing. A file loaded twice has its weights once, and each asker its own model of it
   * (a text encoder with other taps); use `LoadedModel.model`, since a second opening's source is closed.
   */
  load(model: Model): LoadedModel;
  /**
   * Says which models come after the one that runs next; told to the residency when a run begins. Others leave before them, of them what is worth
   * least first, and what comes soon is read ahead into room that is free. In force until the next call. Models of another runtime are left out.
   */
  announceNext(upcoming: Upcoming): void;
  /** Drops weights that nothing leases, and all copies in RAM. */
  trim(): Promise<void>;
  /** Changes `--ram`, in bytes: it follows what the machine has free. Copies that are too many leave at once. */
  setRam(bytes: number): void;
  /**
   * What a device with memory of its own has for us by its own count, in bytes: other programs come and go. Weights make way at the next stage, and
   * come back. More than `--vram` (or what was free at the start) raises the ceiling itself.
   */
  setVram(bytes: number): void;
  stats(): RunStats;
  close(): Promise<void>;
}

/** `native`: computed in the file's own encoding. `fp32`: weights are cast to f32 in the graph (`--force-fp32`). */
export type Precision = "native" | "fp32";

/** Models in the order in which they will be used, as far as it is known. */
export interface Upcoming {
  /** For certain, by what runs now. */
  readonly soon: readonly LoadedModel[];
  /** After that, if what runs next is like it. */
  readonly later: readonly LoadedModel[];
}

export interface LoadedModel {
  readonly model: Model;
  /**
   * Announces `repeat` passes over `inputs` (one PassDef per input; their stages correspond one to one). Compiles what is not compiled,
   * reserves activations and carried tensors, plans residency. Throws `DoesNotFitError`, with the numbers and the flag that helps.
   */
  begin(inputs: readonly PassDef[], options: BeginOptions): Promise<Run>;
  close(): Promise<void>;
}

export interface BeginOptions {
  readonly repeat: number | "unknown";
  readonly signal?: AbortSignal;
  readonly companions?: Companions;
}

/** Weights of other loaded files that take part in a run (a LoRA's factors), and what they add to the model's layers. No weight of the model changes. */
export interface Companions {
  /** With equal keys the same programs serve: strengths are part of it, the bytes behind a strength are none. */
  readonly key: string;
  /** Names under which graphs ask for them, none of which the model has itself. */
  readonly weights: ReadonlyMap<string, { readonly model: LoadedModel; readonly name: string }>;
  /** What is added to the layer of the model's weight of that name, or to a vector of that name. */
  terms(weight: string): Pick<LayerTerms, "adapt" | "patch"> | undefined;
}

/** What a caller hands in for a carried input: raw bytes in its dtype. */
export type InputValue = Float32Array | Uint16Array | Int32Array;

export interface Run {
  /** One pass over all inputs. Resolves to the outputs of each. Rejects with `Interrupted` when the signal fires. */
  pass(values: readonly Readonly<Record<string, InputValue>>[]): Promise<Readonly<Record<string, Float32Array>>[]>;
  /** Over, early or not. Frees carried tensors; weights stay until something needs the room. */
  end(): void;
}

/** What a run line and `--stats json` show. */
export interface RunStats {
  readonly device: DeviceInfo;
  readonly policy: "dynamic" | "static";
  readonly vram: {
    readonly budget: number;
    readonly used: number;
    readonly peak: number;
    readonly byKind: Readonly<Record<string, { readonly used: number; readonly peak: number }>>;
  };
  /**
   * The machine's memory that serves this device; a unified device has none beside its own. `cached`: copies of weights, kept so that no file is
   * read again, and given back when something else needs the room. Bytes.
   */
  readonly ram?: {
    readonly budget: number;
    readonly used: number;
    readonly peak: number;
    readonly cached: number;
    readonly staging: number;
  };
  readonly counters: Counters;
  readonly residency: ResidencyStats;
  /** Passes with their own share of the bound: bytes moved, M - R, by model. */
  readonly passes: readonly PassStats[];
  /** Of the other devices that were used, in the order of their first use. */
  readonly others?: readonly RunStats[];
}

export interface PassStats {
  readonly model: string;
  readonly kind: string;
  readonly index: number;
  readonly movedBytes: number;
  readonly modelBytes: number;
  readonly pinnedBytes: number;
  readonly windowBytes: number;
  readonly weightBudget: number;
}

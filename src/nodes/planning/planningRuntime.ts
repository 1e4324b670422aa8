import { DEFAULT_QUANT, type QuantOptions } from "../../formats/quant/checkpoint/quantOptions.ts";
import type { Budget, Residency } from "../../memory/residency.ts";
import type { Schedule, Use, WeightSpec } from "../../memory/words.ts";
import type { Model } from "../../models/model.ts";
import { type KnownWeight, LoadedFile, type WeightBook } from "../../runtime/loadedFile.ts";
import { ModelPasses } from "../../runtime/modelPasses.ts";
import { modelTitle } from "../../runtime/modelTitle.ts";
import type { BeginOptions, LoadedModel, Precision, Run, Runtime, Upcoming } from "../../runtime/runtime.ts";
import type { DeviceInfo } from "../../tensor/backend.ts";
import { byteLength } from "../../tensor/dtype.ts";
import type { Program } from "../../tensor/program.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { planningSource } from "./planningSource.ts";

/** The device that is planned for: what it says about sizes. */
export interface PlanningDevice {
  readonly info: DeviceInfo;
  /** As the device's backend counts it. */
  activationBytes(program: Program): number;
}

export interface PlanningOptions {
  readonly device: PlanningDevice;
  readonly precision: Precision;
  /** As `RuntimeOptions.fp8`. */
  readonly fp8?: QuantOptions["fp8"];
  readonly vram: number;
  /** As `RuntimeOptions.vramWeights`. */
  readonly vramWeights?: { readonly bytes: number } | { readonly share: number };
  /** Where several runtimes record: gives each run its number. Default: a count of its own. */
  readonly nextRun?: () => number;
}

/** A model as the runtime would register it. Weights are numbered through all of them, from 0. */
export interface RecordedModel {
  /** "flux2-dev.safetensors (flux2)". */
  readonly title: string;
  readonly kind: string;
  readonly weights: readonly WeightSpec[];
  /** The file's own encodings of its matrices and kernels: BF16, ... */
  readonly encodings: readonly string[];
  /** Runs that were begun before it was registered. */
  readonly afterRuns: number;
}

/** One run as a node began it. */
export interface RecordedRun {
  /** The node that began it, by id. */
  readonly node: string;
  /** Counts runs in the order in which they begin, through all devices. */
  readonly order: number;
  /** Index of its model. */
  readonly model: number;
  readonly schedule: Schedule;
  readonly uses: readonly Use[];
  /** Passes that were made. */
  passes: number;
  readonly activationBytes: number;
  readonly carriedBytes: number;
  /** Titles of the models that come after it, itself first, and of those that are read ahead while it runs. */
  readonly next: readonly string[];
  readonly ahead: readonly string[];
  /** Set where `--vram-weights` is a share of the run's weights. */
  readonly budget?: Budget;
}

export interface PlanningRuntime extends Runtime {
  readonly models: readonly RecordedModel[];
  readonly runs: readonly RecordedRun[];
  /** The node that runs from here on. */
  node: string;
}

/**
 * A runtime that has no device: it takes the same calls as the real one, compiles the same programs, and writes down what would be announced.
 * A pass computes nothing and gives zeros. Nodes cannot tell it from a device, so what they will use is what they say here: nothing is
 * declared a second time. Mirrors runtime/loadedModel.ts; a test holds the two to the same events.
 */
export function planningRuntime(options: PlanningOptions): PlanningRuntime {
  const { device, precision, fp8, vram, vramWeights, nextRun = () => runs.length } = options;
  const models: RecordedModel[] = [];
  const runs: RecordedRun[] = [];
  const files = new Map<string, LoadedFile>();
  let opened = 0;
  const book: WeightBook = { add() {}, remove() {} };
  const weightsOf = new WeakMap<LoadedModel, ReadonlyMap<string, KnownWeight>>();
  /** Index of the model that registered weights last, by the residency's name for a kind of model in a file. */
  const latest = new Map<string, number>();
  const fileOf = new WeakMap<LoadedModel, LoadedFile>();
  let upcoming: Upcoming = { soon: [], later: [] };
  let weightsSoFar = 0;
  /** Whose weights are being registered. */
  let registering: Model;

  /** Weights are registered for the first model that asks for them: mostly all of a model's at once. */
  const residency: Pick<Residency, "register" | "close"> = {
    register(_, weights) {
      const matrices = registering.weights.filter(({ role }) => role !== "vector");
      models.push({
        title: modelTitle(registering),
        kind: registering.kind,
        weights,
        encodings: [...new Set(matrices.map(({ entry }) => entry.encoding))],
        afterRuns: runs.length,
      });
      return weights.map(() => weightsSoFar++);
    },
    close: () => Promise.resolve(),
  };

  const runtime: PlanningRuntime = {
    models,
    runs,
    node: "",
    device: device.info,
    precision,
    quant: { fp8: fp8 ?? DEFAULT_QUANT.fp8, exact: precision === "fp32" },
    load(model: Model): LoadedModel {
      const { path, identity } = model.source;
      const known = files.get(path);
      if (known?.identity === identity) return loadedFrom(known, model);
      const file = new LoadedFile(model.source, opened++, residency, book, () => files.delete(path));
      files.set(path, file);
      return loadedFrom(file, model);
    },
    announceNext(told) {
      upcoming = told;
    },
    trim: () => Promise.resolve(),
    setRam() {},
    setVram() {},
    stats() {
      throw new Error("invariant: a plan has no statistics");
    },
    async close() {
      for (const file of [...files.values()]) await file.close();
    },
  };
  return runtime;

  function loadedFrom(file: LoadedFile, given: Model): LoadedModel {
    const before = models.length;
    const model = file.adopt(given);
    registering = model;
    const own = file.register(model);
    const id = file.idOf(model);
    if (models.length > before) latest.set(id, before);
    const index = latest.get(id)!;
    const passes = new ModelPasses({
      model,
      own,
      castWeights: precision === "fp32",
      backend: device,
      weightsOf: (companion) => weightsOf.get(companion)!,
    });
    const handle: LoadedModel = {
      // What opened the model may read its tokenizer and its embeddings later.
      model: Object.create(model, { source: { value: planningSource(model.source), enumerable: true } }) as Model,
      begin(inputs: readonly PassDef[], { repeat, companions }: BeginOptions): Promise<Run> {
        const prepared = passes.prepare(inputs, companions);
        const { uses, activationBytes, carriedBytes, weightBytes } = prepared;
        const body: Schedule = { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) };
        const here = (models: readonly LoadedModel[]) => models.filter((model) => fileOf.has(model));
        const titles = (models: readonly LoadedModel[]) => [...new Set(models.map((each) => modelTitle(each.model)))];
        const foreseen = here(upcoming.soon).filter((other) => {
          const theirs = fileOf.get(other)!;
          const their = theirs.idOf(other.model);
          return their !== id && (theirs.used.has(their) || other.model.whole);
        });
        file.used.add(id);
        for (const { model } of companions?.weights.values() ?? []) {
          const theirs = fileOf.get(model)!;
          theirs.used.add(theirs.idOf(model.model));
        }
        const run: RecordedRun = {
          next: titles([handle, ...here(upcoming.soon), ...here(upcoming.later)]),
          ahead: titles(foreseen),
          node: runtime.node,
          order: nextRun(),
          model: index,
          schedule: { kind: "repeat", n: repeat, body },
          uses,
          passes: 0,
          activationBytes,
          carriedBytes: carriedBytes.reduce((sum, bytes) => sum + bytes, 0),
          ...(vramWeights && "share" in vramWeights
            ? { budget: { vram, weights: Math.floor(vramWeights.share * weightBytes) } }
            : {}),
        };
        runs.push(run);
        return Promise.resolve({
          pass() {
            run.passes++;
            return Promise.resolve(
              inputs.map((def) =>
                Object.fromEntries(
                  def.outputs.map((name) => [name, new Float32Array(byteLength(def.carried[name]!) / 4)]),
                ),
              ),
            );
          },
          end() {},
        });
      },
      close: () => Promise.resolve(),
    };
    weightsOf.set(handle, own);
    fileOf.set(handle, file);
    return handle;
  }
}

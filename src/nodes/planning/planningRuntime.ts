import type { Budget } from "../../memory/residency.ts";
import type { Schedule, Use, WeightId, WeightSpec } from "../../memory/words.ts";
import type { Model } from "../../models/model.ts";
import { compilePass } from "../../runtime/compilePass.ts";
import { modelTitle } from "../../runtime/modelTitle.ts";
import { residentForm } from "../../runtime/residentForm.ts";
import type { LoadedModel, Precision, Run, Runtime } from "../../runtime/runtime.ts";
import type { DeviceInfo } from "../../tensor/backend.ts";
import { byteLength, type TensorSpec } from "../../tensor/dtype.ts";
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
  readonly vram: number;
  /** As `RuntimeOptions.vramWeights`. */
  readonly vramWeights?: { readonly bytes: number } | { readonly share: number };
}

/** A model as the runtime would register it. Weights are numbered through all of them, from 0. */
export interface RecordedModel {
  /** "flux2-dev.safetensors (flux2)". */
  readonly title: string;
  readonly kind: string;
  readonly weights: readonly WeightSpec[];
  /** The file's own encodings of its matrices and kernels: BF16, ... */
  readonly encodings: readonly string[];
}

/** One run as a node began it. */
export interface RecordedRun {
  /** The node that began it, by id. */
  readonly node: string;
  /** Index of its model. */
  readonly model: number;
  readonly schedule: Schedule;
  readonly uses: readonly Use[];
  /** Passes that were made. */
  passes: number;
  readonly activationBytes: number;
  readonly carriedBytes: number;
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
export function planningRuntime({ device, precision, vram, vramWeights }: PlanningOptions): PlanningRuntime {
  const models: RecordedModel[] = [];
  const runs: RecordedRun[] = [];
  const loaded = new Map<string, LoadedModel>();
  const sources = new Set<{ close(): Promise<void> }>();
  let weightsSoFar = 0;

  const runtime: PlanningRuntime = {
    models,
    runs,
    node: "",
    device: device.info,
    precision,
    load(model: Model): LoadedModel {
      const known = loaded.get(model.source.path);
      if (known && known.model.kind === model.kind && known.model.source.identity === model.source.identity) {
        void model.source.close();
        return known;
      }
      const made = register(model);
      loaded.set(model.source.path, made);
      sources.add(model.source);
      return made;
    },
    trim: () => Promise.resolve(),
    setRam() {},
    stats() {
      throw new Error("invariant: a plan has no statistics");
    },
    async close() {
      for (const source of sources) await source.close();
    },
  };
  return runtime;

  function register(model: Model): LoadedModel {
    const forms = model.weights.map((weight) => residentForm(model.source.path, weight));
    const specs = new Map<string, TensorSpec>(model.weights.map(({ name }, i) => [name, forms[i]!]));
    const ids = new Map<string, WeightId>(model.weights.map(({ name }, i) => [name, weightsSoFar + i]));
    const bytes = new Map<WeightId, number>(model.weights.map((_, i) => [weightsSoFar + i, forms[i]!.bytes]));
    weightsSoFar += model.weights.length;
    const matrices = model.weights.filter(({ role }) => role !== "vector");
    const index =
      models.push({
        title: modelTitle(model),
        kind: model.kind,
        weights: model.weights.map(({ name, entry }, i) => ({ name, bytes: forms[i]!.bytes, fileBytes: entry.bytes })),
        encodings: [...new Set(matrices.map(({ entry }) => entry.encoding))],
      }) - 1;

    return {
      // What opened the model may read its tokenizer and its embeddings later.
      model: Object.create(model, { source: { value: planningSource(model.source), enumerable: true } }) as Model,
      begin(inputs: readonly PassDef[], { repeat }: { readonly repeat: number | "unknown" }): Promise<Run> {
        const compiled = inputs.map((def) => compilePass(def, specs, precision === "fp32", device));
        const uses = compiled[0]!.programs.map((first, s): Use => {
          const programs = compiled.map((c) => c.programs[s]!);
          return {
            stage: first.name,
            weights: [...new Set(programs.flatMap((program) => program.weights))].map((name) => ids.get(name)!),
            activationBytes: Math.max(...compiled.map((c) => c.activationBytes[s]!)),
            flops: programs.reduce((sum, program) => sum + program.flops, 0),
          };
        });
        const body: Schedule = { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) };
        const own = [...new Set(uses.flatMap(({ weights }) => weights))].reduce((sum, id) => sum + bytes.get(id)!, 0);
        const run: RecordedRun = {
          node: runtime.node,
          model: index,
          schedule: { kind: "repeat", n: repeat, body },
          uses,
          passes: 0,
          activationBytes: Math.max(...uses.map((use) => use.activationBytes)),
          carriedBytes: compiled.reduce((sum, c) => sum + c.carried.bytes, 0),
          ...(vramWeights && "share" in vramWeights
            ? { budget: { vram, weights: Math.floor(vramWeights.share * own) } }
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
  }
}

import type { Use } from "../memory/words.ts";
import type { Model } from "../models/model.ts";
import type { LayerTerms } from "../tensor/layerTerms.ts";
import type { Program } from "../tensor/program.ts";
import type { PassDef } from "../tensor/stage.ts";
import { type CompiledPass, compilePass } from "./compilePass.ts";
import type { KnownWeight } from "./loadedFile.ts";
import type { Companions, LoadedModel } from "./runtime.ts";

/** Compiled passes kept per model: a prompt, its negative, and the sizes a session goes back and forth between. */
const KEPT_PASSES = 16;

export interface ModelPassesOptions {
  readonly model: Model;
  /** The model's own weights, by the names its graphs ask for. */
  readonly own: ReadonlyMap<string, KnownWeight>;
  readonly castWeights: boolean;
  readonly backend: Parameters<typeof compilePass>[3];
  /** The weights of a companion; throws for a model that is not loaded in this runtime. */
  readonly weightsOf: (companion: LoadedModel) => ReadonlyMap<string, KnownWeight>;
  readonly onCompiled?: (program: Program) => void;
}

/** A run before it is announced: programs, what each stage uses, and bytes beside weights. */
export interface PreparedRun {
  readonly compiled: readonly CompiledPass[];
  /** Every weight that a graph may ask for, companions' included. */
  readonly known: ReadonlyMap<string, KnownWeight>;
  readonly uses: readonly Use[];
  readonly activationBytes: number;
  /** By input. */
  readonly carriedBytes: readonly number[];
  /** Bytes of the model's weights and of the companions': what `--vram-weights` is a share of. */
  readonly weightBytes: number;
}

/** The passes of one loaded model as programs and uses: the same for the device and for the planner. */
export class ModelPasses {
  readonly #options: ModelPassesOptions;
  /** What quantised layers have beside their matrix. */
  readonly #terms: ReadonlyMap<string, Pick<LayerTerms, "scale" | "inputScale" | "rotation">>;
  readonly #compiled = new Map<string, CompiledPass>();

  constructor(options: ModelPassesOptions) {
    this.#options = options;
    const { weights } = options.model;
    this.#terms = new Map(
      weights.flatMap(({ name, scale, inputScale, rotation }) =>
        scale === undefined && inputScale === undefined && rotation === undefined
          ? []
          : [
              [
                name,
                { ...(scale && { scale }), ...(inputScale && { inputScale }), ...(rotation && { rotation }) },
              ] as const,
            ],
      ),
    );
  }

  /** Throws `ShapeError` for tensors that do not fit together. */
  prepare(inputs: readonly PassDef[], companions: Companions | undefined): PreparedRun {
    const known = this.#known(companions);
    const compiled = inputs.map((def) => this.#compile(def, known, companions));
    const stages = compiled[0]!.programs.length;
    if (compiled.some(({ programs }) => programs.length !== stages))
      throw new Error("invariant: the inputs of a pass differ in stages");
    const uses = Array.from({ length: stages }, (_, s) => useOf(compiled, s, known));
    return {
      compiled,
      known,
      uses,
      activationBytes: Math.max(...uses.map((use) => use.activationBytes)),
      carriedBytes: compiled.map(({ carried }) => carried.bytes),
      weightBytes: [...known.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** The weights that graphs of a run may ask for, companions' included, by the names they ask for them. */
  #known(companions: Companions | undefined): ReadonlyMap<string, KnownWeight> {
    const { own, weightsOf } = this.#options;
    if (!companions || companions.weights.size === 0) return own;
    const all = new Map(own);
    for (const [name, { model, name: theirs }] of companions.weights) {
      const known = weightsOf(model).get(theirs);
      if (!known || own.has(name)) throw new Error(`invariant: ${name} is ${known ? "the model's own" : "unknown"}`);
      all.set(name, known);
    }
    return all;
  }

  #compile(def: PassDef, weights: ReadonlyMap<string, KnownWeight>, companions: Companions | undefined): CompiledPass {
    const key = companions ? `${def.key} with ${companions.key}` : def.key;
    const known = this.#compiled.get(key);
    if (known) {
      this.#compiled.delete(key);
      this.#compiled.set(key, known);
      return known;
    }
    const terms = (name: string): LayerTerms | undefined => {
      const own = this.#terms.get(name);
      const theirs = companions?.terms(name);
      return own || theirs ? { ...theirs, ...own } : undefined;
    };
    const { castWeights, backend, onCompiled } = this.#options;
    const compiled = compilePass(def, weights, castWeights, backend, terms);
    this.#compiled.set(key, compiled);
    for (const program of compiled.programs) onCompiled?.(program);
    if (this.#compiled.size > KEPT_PASSES) this.#compiled.delete(this.#compiled.keys().next().value!);
    return compiled;
  }
}

/** One stage over all inputs: the union of their weights, the largest of their activations. */
function useOf(compiled: readonly CompiledPass[], stage: number, known: ReadonlyMap<string, KnownWeight>): Use {
  const programs = compiled.map((c) => c.programs[stage]!);
  const names = new Set(programs.flatMap((program) => program.weights));
  return {
    stage: programs[0]!.name,
    weights: [...names].map((name) => known.get(name)!.id),
    activationBytes: Math.max(...compiled.map((c) => c.activationBytes[stage]!)),
    flops: programs.reduce((sum, program) => sum + program.flops, 0),
  };
}

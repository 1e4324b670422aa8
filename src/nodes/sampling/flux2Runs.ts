import { type Flux2Shape, flux2Inputs, flux2StepInputs } from "../../models/flux2/index.ts";
import type { Inputs } from "../../models/inputs.ts";
import type { Run } from "../../runtime/runtime.ts";
import { toldOf } from "../loaders/adapters.ts";
import type { DiffusionModel } from "../values.ts";
import { type Keeping, KeptReferences } from "./keptReferences.ts";
import { ModulationRows } from "./modulationRows.ts";

/** One input of a pass: what the model is told beside the latent. */
export interface Shown {
  readonly shape: Flux2Shape;
  readonly context: Float32Array;
  readonly guidance: number;
  readonly references: readonly Float32Array[];
  /** Where references are computed once: what is shown the first time, and what from then on. */
  readonly keeping?: Keeping;
}

interface OpenRun {
  readonly run: Run;
  readonly shown: readonly Shown[];
  readonly whole: boolean;
  /** What the run is handed; undefined where it lacks what the level makes of the layers. */
  inputs(shown: Shown, x: Float32Array, sigma: number): Inputs | undefined;
}

/**
 * The runs of a Flux 2 transformer in one sampling. `levels`: where the sampler will ask, in order. What those times make of the layers is
 * computed before the first step, so that the weights for it are no part of the steps (`ModulationRows`); then steps are announced, as many as
 * show the same inputs. Where levels are "unknown", and from the first on that was not foretold, passes are whole: the same numbers, more
 * bytes a step.
 */
export class Flux2Runs {
  readonly #model: DiffusionModel;
  readonly #signal: AbortSignal;
  #levels: readonly number[];
  #next = 0;
  #open: OpenRun | undefined;
  readonly #kept = new KeptReferences();

  constructor(model: DiffusionModel, levels: readonly number[] | "unknown", signal: AbortSignal) {
    this.#model = model;
    this.#levels = levels === "unknown" ? [] : levels;
    this.#signal = signal;
  }

  /** One pass over `shownAt(sigma)`, whose latents are `x`: the output of each. Entries are told apart by identity. */
  async pass(
    sigma: number,
    shownAt: (level: number) => readonly Shown[],
    x: readonly Float32Array[],
  ): Promise<Float32Array[]> {
    const foretold = this.#levels[this.#next] === sigma;
    if (!foretold) this.#levels = [];
    const later = this.#levels.slice(this.#next++);
    const entries = shownAt(sigma);
    if (entries.length === 0) return [];
    const shown = this.#kept.shown(entries);
    const inputsOf = (open: OpenRun) => shown.map((entry, i) => open.inputs(entry, x[i]!, sigma));
    let open = this.#open;
    let inputs = open && open.whole !== foretold && same(open.shown, shown) ? inputsOf(open) : [undefined];
    if (!open || inputs.includes(undefined)) {
      this.end();
      const next = this.#kept.foretell(later.map(shownAt));
      open = foretold ? await this.#steps(shown, later, next) : await this.#whole(shown);
      this.#open = open;
      inputs = inputsOf(open);
    }
    const outputs = await open.run.pass(inputs as Inputs[]);
    this.#kept.keep(entries, outputs);
    return outputs.map((output) => output["out"]!);
  }

  end(): void {
    this.#open?.run.end();
    this.#open = undefined;
  }

  async #steps(
    shown: readonly Shown[],
    levels: readonly number[],
    /** By level. */
    foreseen: readonly (readonly Shown[])[],
  ): Promise<OpenRun> {
    const model = this.#model;
    const { network, loaded, sampling } = model;
    const rows = ModulationRows.of(model);
    const moment = (entry: Shown, level: number) => ({ ...entry, time: sampling.timestep(level) });
    const wanted = levels.flatMap((level, i) => foreseen[i]!.map((entry) => moment(entry, level)));
    await rows.compute(model, wanted, this.#signal);
    const others = foreseen.findIndex((entries) => !same(entries, shown));
    const run = await loaded.begin(
      shown.map(({ shape }) => network.steps(shape)),
      { repeat: others < 0 ? levels.length : others, signal: this.#signal, ...toldOf(model.adapters) },
    );
    return {
      run,
      shown,
      whole: false,
      inputs: (entry, x, sigma) => {
        const row = rows.get(moment(entry, sigma));
        const inputs = flux2StepInputs(network.dims, entry.shape, { ...entry, x });
        return row && { ...inputs, ...row, ...this.#kept.of(entry) };
      },
    };
  }

  async #whole(shown: readonly Shown[]): Promise<OpenRun> {
    const { network, loaded, sampling, adapters } = this.#model;
    const run = await loaded.begin(
      shown.map(({ shape }) => network.pass(shape)),
      { repeat: "unknown", signal: this.#signal, ...toldOf(adapters) },
    );
    return {
      run,
      shown,
      whole: true,
      inputs: (entry, x, sigma) => ({
        ...flux2Inputs(network.dims, entry.shape, {
          ...entry,
          x,
          sigma: [sampling.timestep(sigma)],
          guidance: [entry.guidance],
        }),
        ...this.#kept.of(entry),
      }),
    };
  }
}

const same = (a: readonly Shown[], b: readonly Shown[]): boolean =>
  a.length === b.length && a.every((entry, i) => entry === b[i]);

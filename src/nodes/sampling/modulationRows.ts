import { type Flux2Shape, flux2ModulationInputs, MODULATIONS, moments } from "../../models/flux2/index.ts";
import { toldOf } from "../loaders/adapters.ts";
import type { DiffusionModel } from "../values.ts";

/** What one time makes of the model's layers, by carried input of `flux2Steps`. */
export type Modulations = Readonly<Record<string, Float32Array>>;

/** A time at which a conditioning is shown. */
export interface Moment {
  readonly shape: Flux2Shape;
  /** As the network counts it. */
  readonly time: number;
  readonly guidance: number;
}

/** Rows kept per model, in bytes: those of 150 steps of Flux 2 dev, where a step has 0.4 MB. */
const KEPT_BYTES = 64 << 20;

/**
 * What times make of a Flux 2 transformer's layers, computed before the steps that need it: the weights for it (1.4 GB of dev in bf16) then move
 * once a run and not once a step. Each time is computed alone, by the program that a whole pass begins with, so its numbers are the pass's
 * own. Rows of earlier runs serve again: another seed needs none anew. One for each model value, since LoRAs change what is computed.
 */
export class ModulationRows {
  readonly #rows = new Map<string, Modulations>();

  static readonly #known = new WeakMap<DiffusionModel, ModulationRows>();

  static of(model: DiffusionModel): ModulationRows {
    const found = ModulationRows.#known.get(model) ?? new ModulationRows();
    ModulationRows.#known.set(model, found);
    return found;
  }

  get(moment: Moment): Modulations | undefined {
    return this.#rows.get(keyOf(moment));
  }

  /**
   * Computes what is not there of `wanted`, in order, as many as are kept at most; what is wanted first is there afterwards. Uses the model's
   * device: no run of it may be open. Rejects as `LoadedModel.begin` and `Run.pass` do.
   */
  async compute(model: DiffusionModel, wanted: readonly Moment[], signal: AbortSignal): Promise<void> {
    const { network, loaded } = model;
    const bytesOf = ({ shape }: Moment) => 4 * shape.batch * (15 * moments(shape) + 2) * network.dims.hidden;
    const needed = new Map<string, Moment>();
    let room = KEPT_BYTES;
    for (const moment of wanted) {
      const key = keyOf(moment);
      if (needed.has(key)) continue;
      room -= bytesOf(moment);
      if (room < 0 && needed.size > 0) break;
      needed.set(key, moment);
    }
    const groups = new Map<string, [string, Moment][]>();
    for (const [key, moment] of needed) {
      if (this.#rows.has(key)) continue;
      const pass = network.modulation(moment.shape).key;
      groups.set(pass, [...(groups.get(pass) ?? []), [key, moment]]);
    }
    for (const group of groups.values()) {
      const told = { repeat: group.length, signal, ...toldOf(model.adapters) };
      const run = await loaded.begin([network.modulation(group[0]![1].shape)], told);
      try {
        for (const [key, { shape, time, guidance }] of group) {
          const inputs = flux2ModulationInputs(network.dims, shape, { sigma: [time], guidance: [guidance] });
          const [row] = await run.pass([inputs]);
          this.#rows.set(key, row!);
        }
      } finally {
        run.end();
      }
    }
    this.#drop(needed);
  }

  /** The oldest rows leave until no more than may be kept are there, but none of those needed now. */
  #drop(needed: ReadonlyMap<string, Moment>): void {
    const size = (row: Modulations) => MODULATIONS.reduce((bytes, name) => bytes + row[name]!.byteLength, 0);
    let bytes = [...this.#rows.values()].reduce((sum, row) => sum + size(row), 0);
    for (const [key, row] of this.#rows) {
      if (bytes <= KEPT_BYTES) return;
      if (needed.has(key)) continue;
      this.#rows.delete(key);
      bytes -= size(row);
    }
  }
}

/** Rows are the same where the program and its inputs are, these as the f32 they become. */
function keyOf({ shape, time, guidance }: Moment): string {
  const guided = shape.guidance ? Math.fround(guidance) : "none";
  return `${shape.batch} ${moments(shape)} ${Math.fround(time)} ${guided}`;
}

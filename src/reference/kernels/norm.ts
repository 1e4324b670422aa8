import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** Brings runs of `length` values to mean 0 (where `centre`) and mean square 1. */
function normalise(values: Float64Array, length: number, eps: number, centre: boolean): void {
  for (let from = 0; from < values.length; from += length) {
    const run = values.subarray(from, from + length);
    const mean = centre ? run.reduce((sum, v) => sum + v, 0) / length : 0;
    let squares = 0;
    for (const v of run) squares += (v - mean) ** 2;
    const factor = 1 / Math.sqrt(squares / length + eps);
    for (let i = 0; i < length; i++) run[i] = (run[i]! - mean) * factor;
  }
}

const overRows =
  (centre: boolean): Kernel =>
  ([x], out, { eps }) => {
    const values = load(x!);
    normalise(values, x!.shape.at(-1)!, eps as number, centre);
    store(out, values);
  };

export const norm = overRows(true);
export const rmsNorm = overRows(false);

/** x: [N, C, H, W]; a group's channels lie one after another. */
export const groupNorm: Kernel = ([x], out, { groups, eps }) => {
  const values = load(x!);
  normalise(values, values.length / x!.shape[0]! / (groups as number), eps as number, true);
  store(out, values);
};

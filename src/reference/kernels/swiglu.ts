import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

const gated = (a: number, b: number): number => (a / (1 + Math.exp(-a))) * b;

/** silu(first half of a row) * second half. */
export const swiglu: Kernel = ([x], out) => {
  const values = load(x!);
  const width = x!.shape.at(-1)! / 2;
  const y = new Float64Array(values.length / 2);
  for (let i = 0; i < y.length; i++) {
    const first = Math.floor(i / width) * 2 * width + (i % width);
    y[i] = gated(values[first]!, values[first + width]!);
  }
  store(out, y);
};

/** silu(a) * b. */
export const swigluSplit: Kernel = ([a, b], out) => {
  const gate = load(a!);
  store(
    out,
    load(b!).map((value, i) => gated(gate[i]!, value)),
  );
};

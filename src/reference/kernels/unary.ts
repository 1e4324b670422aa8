import type { Node } from "../../tensor/program.ts";
import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** Elementwise. */
export const unary =
  (apply: (x: number, params: Node["params"]) => number): Kernel =>
  ([x], out, params) => {
    const values = load(x!);
    for (let i = 0; i < values.length; i++) values[i] = apply(values[i]!, params);
    store(out, values);
  };

import { padded } from "../../tensor/dtype.ts";
import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** Elementwise a (op) b, b repeated along the axes that it divides. */
export const binary =
  (apply: (a: number, b: number) => number): Kernel =>
  ([a, b], out) => {
    const x = load(a!);
    const y = load(b!);
    const [n0, n1, n2, n3] = padded(a!.shape);
    const [m0, m1, m2, m3] = padded(b!.shape);
    let i = 0;
    for (let i0 = 0; i0 < n0; i0++)
      for (let i1 = 0; i1 < n1; i1++)
        for (let i2 = 0; i2 < n2; i2++) {
          const row = (((i0 % m0) * m1 + (i1 % m1)) * m2 + (i2 % m2)) * m3;
          for (let i3 = 0; i3 < n3; i3++, i++) x[i] = apply(x[i]!, y[row + (i3 % m3)]!);
        }
    store(out, x);
  };

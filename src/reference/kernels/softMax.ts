import { padded } from "../../tensor/dtype.ts";
import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** softmax(x * scale + mask) over rows; the mask repeats along the axes that it divides. */
export const softMax: Kernel = ([x, mask], out, { scale }) => {
  const values = load(x!);
  const [n0, n1, n2, width] = padded(x!.shape);
  const [m0, m1, m2] = padded(mask?.shape ?? [1]);
  const bias = mask && load(mask);
  for (let row = 0; row < n0 * n1 * n2; row++) {
    const line = values.subarray(row * width, (row + 1) * width);
    const i0 = Math.floor(row / (n1 * n2)) % m0;
    const i1 = (Math.floor(row / n2) % n1) % m1;
    const from = ((i0 * m1 + i1) * m2 + ((row % n2) % m2)) * width;
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < width; i++) {
      line[i] = line[i]! * (scale as number) + (bias ? bias[from + i]! : 0);
      largest = Math.max(largest, line[i]!);
    }
    let sum = 0;
    for (let i = 0; i < width; i++) sum += line[i] = Math.exp(line[i]! - largest);
    for (let i = 0; i < width; i++) line[i] = line[i]! / sum;
  }
  store(out, values);
};

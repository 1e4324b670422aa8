import type { Grid } from "./grid.ts";
import { type Resampling, taps } from "./taps.ts";

/** A grid of another size: columns first, then rows. */
export function resample(grid: Grid, width: number, height: number, method: Resampling): Grid {
  if (grid.width === width && grid.height === height) return grid;
  const { outer, inner } = grid;
  const wide = along(grid.data, outer * grid.height, grid.width, inner, width, method);
  const data = along(wide, outer, grid.height, width * inner, height, method);
  return { outer, height, width, inner, data };
}

/** [outer, from, inner] to [outer, to, inner]. */
function along(data: Float32Array, outer: number, from: number, inner: number, to: number, method: Resampling) {
  if (from === to) return data;
  const { count, at, weights } = taps(method, from, to);
  const out = new Float32Array(outer * to * inner);
  for (let o = 0; o < outer; o++) {
    const base = o * from * inner;
    for (let i = 0; i < to; i++) {
      const target = (o * to + i) * inner;
      for (let c = 0; c < inner; c++) {
        let sum = 0;
        for (let k = i * count; k < (i + 1) * count; k++) sum += weights[k]! * data[base + at[k]! * inner + c]!;
        out[target + c] = sum;
      }
    }
  }
  return out;
}

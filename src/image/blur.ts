import type { Grid } from "./grid.ts";

/**
 * Gaussian blur with 2 radius + 1 taps from -1 to 1 (so `sigma` is a share of the radius), edges mirrored without repeating the last cell.
 * The radius must be below both sides.
 */
export function blur(grid: Grid, radius: number, sigma: number): Grid {
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i / radius - 1) ** 2) / (2 * sigma ** 2)));
  const sum = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((w) => w / sum);
  const { outer, height, width, inner } = grid;
  const across = along(grid.data, outer * height, width, inner, weights);
  return { ...grid, data: along(across, outer, height, width * inner, weights) };
}

function along(data: Float32Array, outer: number, size: number, inner: number, weights: readonly number[]) {
  const radius = (weights.length - 1) / 2;
  const out = new Float32Array(data.length);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < size; i++)
      for (let c = 0; c < inner; c++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const place = Math.abs(i + k);
          const at = place < size ? place : 2 * (size - 1) - place;
          sum += weights[k + radius]! * data[(o * size + at) * inner + c]!;
        }
        out[(o * size + i) * inner + c] = sum;
      }
  return out;
}

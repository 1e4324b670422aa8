import type { Grid } from "./grid.ts";

/** Lobes of the kernel, and bits of its fixed-point weights: Pillow's. */
const LOBES = 3;
const BITS = 22;

/**
 * Lanczos resampling as ComfyUI has it: through 8-bit pictures. Values are cut to bytes, resized in Pillow's fixed point (columns, then
 * rows, rounded to bytes between) and divided by 255. With 4 channels the colours are weighted by alpha meanwhile.
 * Sources: Duchon 1979; Pillow's documentation of Image.resize; golden/nodes/image_scale.
 */
export function lanczos(grid: Grid, width: number, height: number): Grid {
  const { outer, inner } = grid;
  let bytes: Uint8ClampedArray = new Uint8ClampedArray(grid.data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.trunc(Math.fround(255 * grid.data[i]!));
  const resized = width !== grid.width || height !== grid.height;
  if (inner === 4 && resized) weighByAlpha(bytes);
  bytes = along(bytes, outer * grid.height, grid.width, inner, width);
  bytes = along(bytes, outer, grid.height, width * inner, height);
  if (inner === 4 && resized) undoAlpha(bytes);
  return { outer, height, width, inner, data: Float32Array.from(bytes, (byte) => byte / 255) };
}

function along(bytes: Uint8ClampedArray, outer: number, from: number, inner: number, to: number): Uint8ClampedArray {
  if (from === to) return bytes;
  const spans = Array.from({ length: to }, (_, i) => fixedWeights(i, from, to));
  const out = new Uint8ClampedArray(outer * to * inner);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < to; i++) {
      const { first, weights } = spans[i]!;
      for (let c = 0; c < inner; c++) {
        let sum = 2 ** (BITS - 1);
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * bytes[(o * from + first + k) * inner + c]!;
        out[(o * to + i) * inner + c] = Math.floor(sum / 2 ** BITS);
      }
    }
  return out;
}

/** The inputs under the kernel at output `i`, and their weights, which sum to 2^BITS. The kernel widens as the picture shrinks. */
function fixedWeights(i: number, from: number, to: number): { readonly first: number; readonly weights: number[] } {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const centre = (i + 0.5) * scale;
  const first = Math.max(Math.trunc(centre - LOBES * stretch + 0.5), 0);
  const end = Math.min(Math.trunc(centre + LOBES * stretch + 0.5), from);
  const weights = Array.from({ length: end - first }, (_, k) => kernel((first + k - centre + 0.5) / stretch));
  const sum = weights.reduce((a, b) => a + b, 0);
  return { first, weights: weights.map((w) => roundAway((w / sum) * 2 ** BITS)) };
}

const kernel = (x: number): number => (Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0);
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const roundAway = (x: number): number => Math.trunc(x + (x < 0 ? -0.5 : 0.5));

/** Colours times alpha over 255, rounded. */
function weighByAlpha(rgba: Uint8ClampedArray): void {
  for (let i = 0; i < rgba.length; i += 4)
    for (let c = i; c < i + 3; c++) rgba[c] = Math.round((rgba[c]! * rgba[i + 3]!) / 255);
}

function undoAlpha(rgba: Uint8ClampedArray): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) rgba[c] = Math.floor((255 * rgba[c]!) / alpha);
  }
}

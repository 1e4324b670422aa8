import type { ImageBatch } from "./image.ts";
import type { MaskBatch } from "./mask.ts";

/** Taps of the blur: a Gaussian of deviation 1 over five cells. */
const RADIUS = 2;
/** Keeps flat places from having no direction. */
const EPSILON = 1e-6;
/** Steps to the neighbour in each of eight directions, clockwise from the right: y points down. */
const NEIGHBOURS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * Where brightness changes most along its slope: 1 on edges, else 0. An edge is where the slope is above `high`, and wherever it is above
 * `low` and touches an edge. Blurred first; values are 0 to 1, so slopes (Sobel's, not normalised) reach 4 and more.
 * Source: Canny 1986, with the choices of kornia.filters.canny.
 */
export function canny(image: ImageBatch, low: number, high: number): MaskBatch {
  const { width, height, batch } = image;
  const cells = width * height;
  const data = new Float32Array(batch * cells);
  for (let n = 0; n < batch; n++) data.set(edges(greyOf(image, n), width, height, low, high), n * cells);
  return { width, height, batch, data };
}

function greyOf({ width, height, channels, data }: ImageBatch, n: number): Float32Array {
  const cells = width * height;
  const grey = new Float32Array(cells);
  for (let i = 0; i < cells; i++)
    for (let c = 0; c < 3; c++) grey[i]! += LUMA[c]! * data[(n * cells + i) * channels + (channels < 3 ? 0 : c)]!;
  return grey;
}

function edges(grey: Float32Array, width: number, height: number, low: number, high: number): Float32Array {
  const { slope, direction } = slopes(blurred(grey, width, height), width, height);
  const marks = new Uint8Array(slope.length);
  const strong: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const value = slope[i]!;
      // beyond the border there is no slope
      const along = (turn: number) => {
        const [dx, dy] = NEIGHBOURS[(direction[i]! + turn) % 8]!;
        const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        return inside ? slope[i + dy * width + dx]! : 0;
      };
      if (!(value > low && value > along(0) && value > along(4))) continue;
      marks[i] = 1;
      if (value > high) strong.push(i);
    }
  const out = new Float32Array(slope.length);
  for (let next = strong.pop(); next !== undefined; next = strong.pop()) {
    if (out[next] === 1) continue;
    out[next] = 1;
    const [x, y] = [next % width, Math.floor(next / width)];
    for (const [dx, dy] of NEIGHBOURS) {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
      const i = next + dy * width + dx;
      if (marks[i] === 1 && out[i] === 0) strong.push(i);
    }
  }
  return out;
}

/** Edges mirrored without the last cell; a side too short for that repeats what it has. */
function blurred(grey: Float32Array, width: number, height: number): Float32Array {
  const raw = Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-((i - RADIUS) ** 2) / 2));
  const sum = raw.reduce((a, b) => a + b, 0);
  const mirror = (place: number, size: number) => {
    const at = Math.abs(place);
    return Math.max(0, Math.min(at < size ? at : 2 * (size - 1) - at, size - 1));
  };
  const along = (from: Float32Array, dx: number, dy: number) =>
    from.map((_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      let value = 0;
      for (let k = -RADIUS; k <= RADIUS; k++)
        value += (raw[k + RADIUS]! / sum) * from[mirror(y + k * dy, height) * width + mirror(x + k * dx, width)]!;
      return value;
    });
  return along(along(grey, 1, 0), 0, 1);
}

/** Sobel's slope, and which of the eight neighbours it points to. Beyond the border is what lies on it. */
function slopes(grey: Float32Array, width: number, height: number): { slope: Float32Array; direction: Uint8Array } {
  const slope = new Float32Array(grey.length);
  const direction = new Uint8Array(grey.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (dx: number, dy: number) =>
        grey[Math.min(Math.max(y + dy, 0), height - 1) * width + Math.min(Math.max(x + dx, 0), width - 1)]!;
      const across = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
      const down = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
      const i = y * width + x;
      slope[i] = Math.sqrt(across ** 2 + down ** 2 + EPSILON);
      direction[i] = (Math.round(Math.atan2(down, across) / (Math.PI / 4)) + 8) % 8;
    }
  return { slope, direction };
}

import type { ImageBatch } from "../../image/image.ts";
import type { Preview } from "../../workflow/executionEvent.ts";
import type { Latent, LatentFormat } from "../values.ts";
import type { KnownColours } from "./colourFile.ts";

/**
 * What latents look like without decoding them: each cell's channels, weighed and summed to red, green and blue (ComfyUI's "latent2rgb"). The
 * weights are not known beforehand but learned: each time a picture is decoded, the cells of its latent and the means of its pixels under
 * them are fitted by least squares. So they fit whichever VAE is in use, and each family of latents, told by its channels, has its own.
 * What a VAE taught can be kept (`onLearned`) and given to the next one of these, so that only the first picture of a VAE ever is grey: then a cell
 * shows the channel that differs most between cells.
 */
export class LatentColours {
  /** By channels of a packed latent: [channels + 1, 3], the last row is added. */
  readonly #learned = new Map<number, Float64Array>();
  /** The same by channels and VAE. */
  readonly #byVae: Map<string, Float64Array>;
  readonly #onLearned: (known: KnownColours) => void;

  constructor(known: KnownColours = new Map(), onLearned: (known: KnownColours) => void = () => {}) {
    this.#byVae = new Map(known);
    this.#onLearned = onLearned;
  }

  /**
   * `image` is what `latent` was decoded to: its sides are `format.cell` times the latent's. Others are passed over. `vae`: which one decoded it
   * (`colourKey`); null: one that has no file.
   */
  learn(latent: Latent, image: ImageBatch, format: LatentFormat, vae: string | null = null): void {
    const cells = unpackedCells(latent);
    const side = format.cell / cells.split;
    if (image.width !== cells.width * side || image.height !== cells.height * side || image.channels < 3) return;
    const inputs = cells.channels + 1;
    // Normal equations: [inputs, inputs] and [inputs, 3].
    const squares = new Float64Array(inputs * inputs);
    const targets = new Float64Array(inputs * 3);
    const x = new Float64Array(inputs).fill(1);
    const stride = Math.max(1, Math.floor((cells.width * cells.height) / MAX_CELLS));
    for (let cell = 0; cell < cells.width * cells.height; cell += stride) {
      cells.read(cell, x);
      const y = meanColour(image, cell % cells.width, Math.floor(cell / cells.width), side);
      for (let i = 0; i < inputs; i++) {
        for (let j = 0; j <= i; j++) squares[i * inputs + j]! += x[i]! * x[j]!;
        for (let k = 0; k < 3; k++) targets[i * 3 + k]! += x[i]! * y[k]!;
      }
    }
    const trace = squares.reduce((sum, value, at) => (at % (inputs + 1) === 0 ? sum + value : sum), 0);
    // A picture of few colours does not tell all channels apart: what it says nothing of stays near 0.
    for (let i = 0; i < inputs; i++) squares[i * inputs + i]! += (RIDGE * trace) / inputs;
    const weights = solve(squares, targets, inputs);
    if (weights === null) return;
    this.#learned.set(latent.channels, weights);
    if (vae === null) return;
    const key = `${latent.channels} ${vae}`;
    // The one used last is the last.
    this.#byVae.delete(key);
    this.#byVae.set(key, weights);
    this.#onLearned(this.#byVae);
  }

  /** The first picture of a batch: `values` are [batch, channels, height, width]. `vaes`: those that may decode it; what the first known one taught counts. */
  preview(latent: Omit<Latent, "samples">, values: Float32Array, vaes: readonly string[] = []): Preview {
    const cells = unpackedCells({ ...latent, samples: values });
    const { width, height, channels } = cells;
    const own = vaes.map((vae) => this.#byVae.get(`${latent.channels} ${vae}`)).find((known) => known !== undefined);
    const weights = own ?? this.#learned.get(latent.channels) ?? greyWeights(cells);
    const rgb = new Uint8ClampedArray(width * height * 3);
    const x = new Float64Array(channels + 1).fill(1);
    for (let cell = 0; cell < width * height; cell++) {
      cells.read(cell, x);
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (let i = 0; i <= channels; i++) sum += x[i]! * weights[i * 3 + k]!;
        rgb[cell * 3 + k] = sum * 255;
      }
    }
    return { width, height, rgb: new Uint8Array(rgb.buffer) };
  }
}

/** Cells that are looked at: more tell no more about a few dozen weights. */
const MAX_CELLS = 4096;
const RIDGE = 1e-3;
/** Flux 2's latents have 2 x 2 cells packed into channels: c * 4 + row * 2 + column. */
const PACKED = 128;

interface Cells {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Cells on a side of a packed one. */
  readonly split: number;
  /** Writes the channels of a cell of the batch's first latent; what is behind them stays. */
  read(cell: number, into: Float64Array): void;
}

function unpackedCells({ channels, width, height, samples }: Latent): Cells {
  const split = channels === PACKED ? 2 : 1;
  const [plain, wide] = [channels / (split * split), width * split];
  return {
    width: wide,
    height: height * split,
    channels: plain,
    split,
    read(cell, into) {
      const [column, row] = [cell % wide, Math.floor(cell / wide)];
      const place = Math.floor(row / split) * width + Math.floor(column / split);
      const part = (row % split) * split + (column % split);
      for (let c = 0; c < plain; c++) into[c] = samples[(c * split * split + part) * width * height + place]!;
    },
  };
}

function meanColour({ width, channels, data }: ImageBatch, column: number, row: number, side: number) {
  const sum: [number, number, number] = [0, 0, 0];
  for (let y = row * side; y < (row + 1) * side; y++) {
    for (let x = column * side; x < (column + 1) * side; x++) {
      for (let k = 0; k < 3; k++) sum[k]! += data[(y * width + x) * channels + k]!;
    }
  }
  return sum.map((value) => value / (side * side)) as [number, number, number];
}

/** The channel of the greatest variance, from two deviations below its mean (black) to two above (white). */
function greyWeights(cells: Cells): Float64Array {
  const { channels, width, height } = cells;
  const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
  const x = new Float64Array(channels);
  for (let cell = 0; cell < width * height; cell++) {
    cells.read(cell, x);
    for (let c = 0; c < channels; c++) {
      sum[c]! += x[c]!;
      squares[c]! += x[c]! * x[c]!;
    }
  }
  const count = width * height;
  const variance = Array.from(squares, (value, c) => value / count - (sum[c]! / count) ** 2);
  const best = variance.indexOf(Math.max(...variance));
  const deviation = Math.sqrt(Math.max(variance[best] ?? 0, 1e-12));
  const weights = new Float64Array((channels + 1) * 3);
  for (let k = 0; k < 3; k++) {
    weights[Math.max(best, 0) * 3 + k] = 1 / (4 * deviation);
    weights[channels * 3 + k] = 0.5 - (sum[Math.max(best, 0)]! / count) * (1 / (4 * deviation));
  }
  return weights;
}

/** Solves A w = b for a symmetric positive A (its lower half is given) by Cholesky's way; null where it is not positive. b: [n, 3]. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array | null {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j && !(sum > 0)) return null;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
  for (let k = 0; k < 3; k++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) b[i * 3 + k]! -= a[i * n + j]! * b[j * 3 + k]!;
      b[i * 3 + k]! /= a[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let j = i + 1; j < n; j++) b[i * 3 + k]! -= a[j * n + i]! * b[j * 3 + k]!;
      b[i * 3 + k]! /= a[i * n + i]!;
    }
  }
  return b;
}

import { type Tile, type Tiling, tilesOf } from "./tiles.ts";

/** [batch, channels, height, width]. */
export interface Planes {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** What is made of a tile: how many channels, and how long so many cells of the input become. */
export interface TileOutput {
  readonly channels: number;
  size(cells: number): number;
}

/** Tiles made, of how many. */
export type OnTile = (done: number, total: number) => void;

/** Makes tiles of one size, [channels, height, width] each, until `end`. */
export interface TileRun {
  make(tile: Float32Array): Promise<Float32Array>;
  end(): void;
}

/**
 * Something that is made piece by piece: the mean over several tilings of the input, in each of which tiles fade into one another over
 * their overlap. Tiles of a size come one after another, of all pictures, `count` in all, so that each size is announced once. A tiling of
 * a single tile is no tiling: the whole is made, once for all such tilings. `onTile` is told after each tile of a picture how many are
 * made, and of how many. Source: golden/vae/tiled_scale.
 */
export async function tiled(
  input: Planes,
  tilings: readonly Tiling[],
  output: TileOutput,
  begin: (size: { readonly height: number; readonly width: number }, count: number) => Promise<TileRun>,
  onTile?: OnTile,
): Promise<Float32Array> {
  const { batch, height, width } = input;
  const [outHeight, outWidth] = [output.size(height), output.size(width)];
  const each = output.channels * outHeight * outWidth;
  const sum = new Float32Array(batch * each);
  let whole: Float32Array | undefined;
  const tiled = tilings.map((tiling) => tilesOf(input, tiling));
  const pieces = tiled.reduce((sum, { length }) => sum + (length === 1 ? 0 : length), 0);
  const total = batch * (pieces + (tiled.some(({ length }) => length === 1) ? 1 : 0));
  let done = 0;
  for (const [t, tiling] of tilings.entries()) {
    const tiles = tiled[t]!;
    const single = tiles.length === 1;
    const made = (single ? whole : undefined) ?? (await blended(tiles, output.size(tiling.overlap)));
    if (single) whole = made;
    for (let i = 0; i < sum.length; i++) sum[i]! += made[i]!;
  }
  return sum.map((value) => value / tilings.length);

  async function blended(tiles: readonly Tile[], feather: number): Promise<Float32Array> {
    const result = new Float32Array(batch * each);
    // Every picture has the same weights.
    const weights = new Float32Array(outHeight * outWidth);
    for (const group of bySize(tiles)) {
      const [first] = group as [Tile];
      const rows = rises(output.size(first.height), feather);
      const columns = rises(output.size(first.width), feather);
      const run = await begin(first, group.length * batch);
      try {
        for (const tile of group) {
          const [top, left] = [output.size(tile.y), output.size(tile.x)];
          for (let n = 0; n < batch; n++) {
            const values = await run.make(cut(input, n, tile));
            onTile?.(++done, total);
            let from = 0;
            for (let c = 0; c < output.channels; c++)
              for (const [y, high] of rows.entries()) {
                let to = n * each + (c * outHeight + top + y) * outWidth + left;
                for (const wide of columns) result[to++]! += values[from++]! * (tiles.length === 1 ? 1 : high * wide);
              }
          }
          for (const [y, high] of rows.entries()) {
            let to = (top + y) * outWidth + left;
            for (const wide of columns) weights[to++]! += tiles.length === 1 ? 1 : high * wide;
          }
        }
      } finally {
        run.end();
      }
    }
    for (let i = 0; i < result.length; i++) result[i]! /= weights[i % weights.length]!;
    return result;
  }
}

/** Weights along one axis of a tile: they rise over the feather and fall again; all 1 where the tile is not longer than that. */
function rises(length: number, feather: number): Float32Array {
  const weights = new Float32Array(length).fill(1);
  if (feather >= length) return weights;
  for (let t = 0; t < feather; t++) {
    weights[t]! *= (t + 1) / feather;
    weights[length - 1 - t]! *= (t + 1) / feather;
  }
  return weights;
}

/** Tiles of one size together, in the order in which sizes first come. */
function bySize(tiles: readonly Tile[]): readonly (readonly Tile[])[] {
  const groups = new Map<string, Tile[]>();
  for (const tile of tiles) {
    const key = `${tile.height}x${tile.width}`;
    groups.set(key, [...(groups.get(key) ?? []), tile]);
  }
  return [...groups.values()];
}

/** Picture n's part of the input: [channels, tile height, tile width]. */
function cut({ channels, height, width, data }: Planes, n: number, tile: Tile): Float32Array {
  const part = new Float32Array(channels * tile.height * tile.width);
  let to = 0;
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < tile.height; y++, to += tile.width) {
      const from = ((n * channels + c) * height + tile.y + y) * width + tile.x;
      part.set(data.subarray(from, from + tile.width), to);
    }
  return part;
}

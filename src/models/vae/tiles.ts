import { BadModelInput } from "../errors.ts";

/** Sizes of one way of cutting a picture or latent into tiles, in the input's own cells. */
export interface Tiling {
  readonly height: number;
  readonly width: number;
  /** How far a tile reaches into the next one, on both axes. */
  readonly overlap: number;
}

/** A piece of the input: its corner and its size. */
export interface Tile {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The tiles that cover height x width, row by row: each begins a tile less the overlap after the one before, and the last of a row or
 * column may be smaller. One tile where all fits in one. Throws `BadModelInput` where an overlap leaves no way forward.
 */
export function tilesOf({ height, width }: Readonly<Record<"height" | "width", number>>, tiling: Tiling): Tile[] {
  const rows = spans(height, tiling.height, tiling.overlap);
  const columns = spans(width, tiling.width, tiling.overlap);
  return rows.flatMap(([y, height]) => columns.map(([x, width]) => ({ y, x, height, width })));
}

/** Starts and lengths along one axis. */
function spans(size: number, tile: number, overlap: number): (readonly [start: number, length: number])[] {
  if (size <= tile) return [[0, size]];
  if (tile <= overlap)
    throw new BadModelInput(
      `tiles ${tile} long that overlap by ${overlap} never reach the end of ${size}: the overlap must be less than half of tile_size`,
    );
  const found: [number, number][] = [];
  for (let at = 0; at < size - overlap; at += tile - overlap) found.push([at, Math.min(tile, size - at)]);
  return found;
}

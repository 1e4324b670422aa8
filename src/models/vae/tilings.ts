import { BadModelInput } from "../errors.ts";
import type { Tiling } from "./tiles.ts";

/** As the nodes give it, in pixels. */
export interface TileChoice {
  readonly tileSize: number;
  readonly overlap: number;
}

/**
 * The three tilings of a latent that decoding takes the mean of: half as wide and twice as high, the other way round, and square; seams
 * lie at other places in each. Cells of `cell` pixels; an overlap of more than a quarter of a tile is cut to that. Throws `BadModelInput`.
 */
export function decodeTilings({ tileSize, overlap }: TileChoice, cell: number): Tiling[] {
  const side = Math.floor(tileSize / cell);
  const shared = Math.floor(Math.min(overlap, Math.floor(tileSize / 4)) / cell);
  check(tileSize, side >= 2 && shared >= 0, `at least ${2 * cell}, and an overlap of 0 or more`);
  return [tall(side, shared), wide(side, shared), square(side, shared)];
}

/** The same of a picture, for encoding: in pixels, and nothing is cut. Sizes that are no whole cells have no place in the latent. */
export function encodeTilings({ tileSize, overlap }: TileChoice, cell: number): Tiling[] {
  const whole = tileSize > 0 && tileSize % (2 * cell) === 0 && overlap >= 0 && overlap % cell === 0;
  check(tileSize, whole, `a multiple of ${2 * cell}, and an overlap that is a multiple of ${cell}`);
  return [square(tileSize, overlap), wide(tileSize, overlap), tall(tileSize, overlap)];
}

const square = (side: number, overlap: number): Tiling => ({ height: side, width: side, overlap });
const wide = (side: number, overlap: number): Tiling => ({ height: Math.floor(side / 2), width: side * 2, overlap });
const tall = (side: number, overlap: number): Tiling => ({ height: side * 2, width: Math.floor(side / 2), overlap });

function check(tileSize: number, good: boolean, wanted: string): void {
  if (!good) throw new BadModelInput(`a tile_size of ${tileSize}: expected ${wanted}`);
}

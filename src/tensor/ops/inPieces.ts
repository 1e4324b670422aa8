import type { Graph, Tensor } from "../graph.ts";
import { concat } from "./concat.ts";

/**
 * The one place where work on many tokens is cut into pieces that need less memory at a time: by queries in attention, by tokens in
 * everything that looks at one token only. Which pieces follows from shapes and the device, never from the budget, so a picture's bytes do not
 * depend on it; test/ops/variants.ts also shows for each device that pieces give the bits of the whole.
 */

/** The largest intermediate tensor that is made in one piece, in bytes, unless the device says less (`GraphOptions.pieceBytes`). */
export const PIECE_BYTES = 256 * 2 ** 20;

/** Kernels take another way, with other roundings, for fewer queries than this: no piece is smaller unless the whole is. */
const LEAST_ROWS = 64;

/** How many of `rows` go into a piece where each needs `rowBytes` at a time: all of them, or about equal shares. */
export function pieceRows(g: Graph, rows: number, rowBytes: number): number {
  const most = Math.max(1, Math.floor((g.options.pieceBytes ?? PIECE_BYTES) / rowBytes));
  const share = Math.ceil(rows / Math.ceil(rows / most));
  return Math.min(rows, Math.ceil(share / LEAST_ROWS) * LEAST_ROWS);
}

/**
 * Makes rows `first` to `first + length` of axis 1, piece by piece, and joins them: `size` of them in all, `rows` at a time (a multiple
 * of 64, by `pieceRows`), and what remains with the last.
 */
export function inPieces(size: number, rows: number, make: (first: number, length: number) => Tensor): Tensor {
  const pieces: Tensor[] = [];
  for (let first = 0; first < size; ) {
    const length = size - first < rows + LEAST_ROWS ? size - first : rows;
    pieces.push(make(first, length));
    first += length;
  }
  return joined(pieces);
}

/** In pairs, so that each value is copied log(n) times and not n times. */
function joined(pieces: readonly Tensor[]): Tensor {
  if (pieces.length === 1) return pieces[0]!;
  const half = Math.ceil(pieces.length / 2);
  return concat(joined(pieces.slice(0, half)), joined(pieces.slice(half)), 1);
}

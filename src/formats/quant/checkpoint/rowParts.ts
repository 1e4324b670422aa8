import type { RecodeSpec } from "./recodeSpec.ts";

/** A piece of a raw tensor. */
export interface Part {
  readonly tensor: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Rows of scales that cuBLAS' order interleaves. */
export const TILE_ROWS = 128;
/** Columns of the same. */
export const TILE_COLUMNS = 4;

/** What must be read of a layer for `count` rows from `first` on; `recodeRows` takes the bytes in this order. */
export function rowParts({ stored, storedColumns, columns, rows }: RecodeSpec, first: number, count: number): Part[] {
  const data = (rowBytes: number): Part => ({ tensor: stored.data, offset: first * rowBytes, bytes: count * rowBytes });
  switch (stored.kind) {
    case "fp8":
    case "int8":
      return [data(storedColumns)];
    case "int4":
      return [data(storedColumns / 2)];
    case "cast":
      return [data(storedColumns * (stored.from === "F32" ? 4 : 2))];
    case "codebook4": {
      const groups = storedColumns / stored.group;
      return [
        data(storedColumns / 2),
        { tensor: stored.scales, offset: first * groups, bytes: count * groups },
        { tensor: stored.codebook, offset: 0, bytes: 64 },
      ];
    }
    case "nvfp4":
      return [data(storedColumns / 2), tiles(stored.scales, storedColumns / 16, first, count)];
    case "mxfp8":
      return [data(storedColumns), tiles(stored.scales, storedColumns / 32, first, count)];
    case "affine": {
      const { group, packed, bits } = stored;
      const groups = columns / group;
      const size = stored.scaleEncoding === "F32" ? 4 : 2;
      const [from, to] = [first * groups, (first + count) * groups];
      const scales = { offset: from * size, bytes: (to - from) * size };
      const codes: Part[] = [];
      for (let n = 0; n < 8 / bits; n++) {
        const [begin, end] = [Math.max(from, n * packed), Math.min(to, (n + 1) * packed, rows * groups)];
        if (begin < end)
          codes.push({ tensor: stored.data, offset: (begin - n * packed) * group, bytes: (end - begin) * group });
      }
      return [{ tensor: stored.scales, ...scales }, { tensor: stored.shifts, ...scales }, ...codes];
    }
  }
}

/** Whole rows of tiles: those that hold the scales of the rows. */
function tiles(tensor: string, columns: number, first: number, count: number): Part {
  const bytes = TILE_ROWS * TILE_COLUMNS * Math.ceil(columns / TILE_COLUMNS);
  const begin = Math.floor(first / TILE_ROWS);
  const end = Math.ceil((first + count) / TILE_ROWS);
  return { tensor, offset: begin * bytes, bytes: (end - begin) * bytes };
}

/** Where the scale of a row and a column of scales lies from the start of its row of tiles. Source: cuBLAS, "1D block scaling factors layout". */
export function tileOffset(row: number, column: number, columns: number): number {
  const tile = Math.floor(row / TILE_ROWS) * Math.ceil(columns / TILE_COLUMNS) + (column >> 2);
  return tile * TILE_ROWS * TILE_COLUMNS + (row % 32) * 16 + ((row % TILE_ROWS) >> 5) * 4 + (column & 3);
}

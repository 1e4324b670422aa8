import { E2M1, E4M3, E8M0 } from "../../fp8.ts";
import { BadLayer } from "./badLayer.ts";
import { encodeRows } from "./encodeRows.ts";
import { plain } from "./recodeInts.ts";
import type { RecodeSpec } from "./recodeSpec.ts";
import { TILE_ROWS, tileOffset } from "./rowParts.ts";

/** nvfp4 and mxfp8: codes with a scale per group of a row, the scales in cuBLAS' order. `first`: the row that codes start at. */
export function recodeBlockScaled(
  { stored, to, columns, storedColumns }: RecodeSpec,
  [codes, scales]: readonly [Uint8Array, Uint8Array],
  first: number,
  count: number,
  out: Uint8Array,
): void {
  if (stored.kind !== "nvfp4" && stored.kind !== "mxfp8") throw new Error(`invariant: ${stored.kind} has no tiles`);
  const group = stored.kind === "nvfp4" ? 16 : 32;
  const across = storedColumns / group;
  /** The byte of a row's scale: rows count from the first that was asked for, tiles from the one it is in. */
  const scaleAt = (row: number, column: number): number =>
    scales[tileOffset((first % TILE_ROWS) + row, column, across)]!;
  if (to === "NVFP4") {
    toNvfp4(stored.scales, codes, scaleAt, columns, storedColumns, count, out);
    return;
  }

  const table = stored.kind === "nvfp4" ? E4M3 : E8M0;
  const values = new Float32Array(count * columns);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < columns; column++) {
      const scale = table[scaleAt(row, Math.floor(column / group))]!;
      const at = row * storedColumns + column;
      const code = stored.kind === "mxfp8" ? E4M3[codes[at]!]! : E2M1[(codes[at >> 1]! >> (at & 1 ? 0 : 4)) & 15]!;
      values[row * columns + column] = scale * code;
    }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const column = Math.floor((bad % columns) / group);
    const scale = table[scaleAt(Math.floor(bad / columns), column)]!;
    const [tensor, what] = Number.isFinite(scale) ? [stored.data, "value"] : [stored.scales, "scale"];
    throw new BadLayer(tensor, `has a ${what} that is no number, for row ${first + Math.floor(bad / columns)}`);
  }
  encodeRows(values, plain(to), out);
}

/** The same numbers in another order: per 64 values the 4 scales, then per 16 values 8 bytes, value j low and j + 8 high. */
function toNvfp4(
  tensor: string,
  codes: Uint8Array,
  scaleAt: (row: number, column: number) => number,
  columns: number,
  storedColumns: number,
  count: number,
  out: Uint8Array,
): void {
  let at = 0;
  for (let row = 0; row < count; row++)
    for (let block = 0; block < columns / 64; block++) {
      for (let g = 0; g < 4; g++) {
        const scale = scaleAt(row, 4 * block + g);
        // ggml's scales have no sign, and its code of NaN counts as 0
        if (scale > 0x7e) throw new BadLayer(tensor, `has a scale that is ${E4M3[scale]}, expected 0 to 448`);
        out[at++] = scale;
      }
      let from = (row * storedColumns + 64 * block) >> 1;
      for (let g = 0; g < 4; g++, from += 8)
        for (let j = 0; j < 8; j++) {
          const shift = j & 1 ? 0 : 4;
          const low = (codes[from + (j >> 1)]! >> shift) & 15;
          const high = (codes[from + 4 + (j >> 1)]! >> shift) & 15;
          out[at++] = low | (high << 4);
        }
    }
}

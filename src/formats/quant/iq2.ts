import { type BlockCodec, f16At, u16At, u32At } from "./blockCodec.ts";
import { signed, withParity } from "./iqSigns.ts";
import { IQ2_S_GRID, IQ2_XS_GRID, IQ2_XXS_GRID } from "./packedGrids.ts";
import { unpackGrid } from "./unpackGrid.ts";

const N = 256;
const gridXxs = unpackGrid(IQ2_XXS_GRID);
const gridXs = unpackGrid(IQ2_XS_GRID);
const gridS = unpackGrid(IQ2_S_GRID);

const scaled = (d: number, scale: number): number => Math.fround(d * (0.5 + scale)) * 0.25;

/** Groups of 32, 8 bytes each: four indices of 8 values, then 28 bits of signs and 4 of scale. Layout: d, qs[64]. */
export const IQ2_XXS: BlockCodec = {
  values: N,
  bytes: 66,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let group = 0; group < 8; group++) {
      const q = at + 2 + 8 * group;
      const word = u32At(b, q + 4);
      const db = scaled(d, word >>> 28);
      for (let l = 0; l < 4; l++)
        signed(gridXxs(), 8 * b[q + l]!, 8, withParity((word >>> (7 * l)) & 127), 0, db, out, to + 32 * group + 8 * l);
    }
  },
};

/** Each 8 values: 9 bits of index, 7 of signs; a scale of 4 bits for every 16. Layout: d, qs[32] of 16 bits, scales[8]. */
export const IQ2_XS: BlockCodec = {
  values: N,
  bytes: 74,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let l = 0; l < 32; l++) {
      const q = u16At(b, at + 2 + 2 * l);
      const db = scaled(d, (b[at + 66 + (l >> 2)]! >> (4 * ((l >> 1) & 1))) & 15);
      signed(gridXs(), 8 * (q & 511), 8, withParity(q >> 9), 0, db, out, to + 8 * l);
    }
  },
};

/** Each 8 values: 8 + 2 bits of index, a byte of signs; a scale of 4 bits for every 16. Layout: d, qs[32], signs[32], qh[8], scales[8]. */
export const IQ2_S: BlockCodec = {
  values: N,
  bytes: 82,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let l = 0; l < 32; l++) {
      const high = (b[at + 66 + (l >> 2)]! >> (2 * (l & 3))) & 3;
      const db = scaled(d, (b[at + 74 + (l >> 2)]! >> (4 * ((l >> 1) & 1))) & 15);
      signed(gridS(), 8 * (b[at + 2 + l]! | (high << 8)), 8, b[at + 34 + l]!, 0, db, out, to + 8 * l);
    }
  },
};

import { type BlockCodec, f16At, u32At } from "./blockCodec.ts";
import { signed, withParity } from "./iqSigns.ts";
import { IQ3_S_GRID, IQ3_XXS_GRID } from "./packedGrids.ts";
import { unpackGrid } from "./unpackGrid.ts";

const { fround } = Math;
const N = 256;
const gridXxs = unpackGrid(IQ3_XXS_GRID);
const gridS = unpackGrid(IQ3_S_GRID);

/** Groups of 32: eight indices of 4 values; 28 bits of signs and 4 of scale. Layout: d, qs[64], signs and scales [32]. */
export const IQ3_XXS: BlockCodec = {
  values: N,
  bytes: 98,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let group = 0; group < 8; group++) {
      const word = u32At(b, at + 66 + 4 * group);
      const db = fround(d * (0.5 + (word >>> 28))) * 0.5;
      for (let l = 0; l < 8; l++) {
        const signs = withParity((word >>> (7 * (l >> 1))) & 127);
        const entry = 4 * b[at + 2 + 8 * group + l]!;
        signed(gridXxs(), entry, 4, signs, 4 * (l & 1), db, out, to + 32 * group + 4 * l);
      }
    }
  },
};

/** Each 4 values: 8 + 1 bits of index, 4 of signs; a scale of 4 bits for every 32. Layout: d, qs[64], qh[8], signs[32], scales[4]. */
export const IQ3_S: BlockCodec = {
  values: N,
  bytes: 110,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let l = 0; l < 64; l++) {
      const group = l >> 3;
      const high = (b[at + 66 + group]! >> (l & 7)) & 1;
      const db = fround(d * (1 + 2 * ((b[at + 106 + (group >> 1)]! >> (4 * (group & 1))) & 15)));
      signed(gridS(), 4 * (b[at + 2 + l]! | (high << 8)), 4, b[at + 74 + (l >> 1)]!, 4 * (l & 1), db, out, to + 4 * l);
    }
  },
};

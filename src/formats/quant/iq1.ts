import { f16Values } from "../halfFloat.ts";
import { type BlockCodec, f16At, u16At } from "./blockCodec.ts";
import { IQ1_S_GRID } from "./packedGrids.ts";
import { unpackGrid } from "./unpackGrid.ts";

const { fround } = Math;
const N = 256;
const grid = unpackGrid(IQ1_S_GRID);
/** Added to each value of a group of 8 (or taken from it) before it is scaled. */
const DELTA = 0.125;

/** Groups of 32: four indices of 8 + 3 bits, a scale of 3 bits and the sign of the delta. Layout: d, qs[32], qh[8] of 16 bits. */
export const IQ1_S: BlockCodec = {
  values: N,
  bytes: 50,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let group = 0; group < 8; group++) {
      const high = u16At(b, at + 34 + 2 * group);
      const dl = fround(d * (2 * ((high >> 12) & 7) + 1));
      const delta = high & 0x8000 ? -DELTA : DELTA;
      for (let l = 0; l < 4; l++) {
        const index = b[at + 2 + 4 * group + l]! | (((high >> (3 * l)) & 7) << 8);
        eight(index, dl, delta, out, to + 32 * group + 8 * l);
      }
    }
  },
};

/** As IQ1_S, with a delta's sign for each 8 and a scale for each 16; the f16 lies in the tops of the scales. Layout: qs[32], qh[16], scales[8]. */
export const IQ1_M: BlockCodec = {
  values: N,
  bytes: 56,
  decode(b, at, out, to) {
    const scales = [0, 2, 4, 6].map((i) => u16At(b, at + 48 + i));
    const bits = scales.reduce((word, scale, i) => word | ((scale >> 12) << (4 * i)), 0);
    const d = f16Values()[bits]!;
    for (let l = 0; l < 32; l++) {
      const dl = fround(d * (2 * ((scales[l >> 3]! >> (3 * ((l >> 1) & 3))) & 7) + 1));
      const high = (b[at + 32 + (l >> 1)]! >> (4 * (l & 1))) & 15;
      eight(b[at + l]! | ((high & 7) << 8), dl, high & 8 ? -DELTA : DELTA, out, to + 8 * l);
    }
  },
};

function eight(index: number, scale: number, delta: number, out: Float32Array, to: number): void {
  for (let j = 0; j < 8; j++) out[to + j] = scale * (grid()[8 * index + j]! + delta);
}

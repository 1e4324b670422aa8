import { type BlockCodec, f16At } from "./blockCodec.ts";

const N = 256;
const POWERS_OF_3 = [1, 3, 9, 27, 81] as const;

/** d (t - 1), t from 0 to 2: five to a byte as a fraction of 243ths, four in the last bytes. Layout: qs[48], qh[4], d. */
export const TQ1_0: BlockCodec = {
  values: N,
  bytes: 54,
  decode(b, at, out, to) {
    const d = f16At(b, at + 52);
    let y = to;
    for (const { from, count, digits } of [
      { from: 0, count: 32, digits: 5 },
      { from: 32, count: 16, digits: 5 },
      { from: 48, count: 4, digits: 4 },
    ])
      for (let n = 0; n < digits; n++)
        for (let m = 0; m < count; m++) {
          const q = (b[at + from + m]! * POWERS_OF_3[n]!) & 255;
          out[y++] = (((q * 3) >> 8) - 1) * d;
        }
  },
};

/** d (t - 1), t of 2 bits, four to a byte, 32 values apart. Layout: qs[64], d. */
export const TQ2_0: BlockCodec = {
  values: N,
  bytes: 66,
  decode(b, at, out, to) {
    const d = f16At(b, at + 64);
    let y = to;
    for (let j = 0; j < 64; j += 32)
      for (let l = 0; l < 4; l++) for (let m = 0; m < 32; m++) out[y++] = (((b[at + j + m]! >> (2 * l)) & 3) - 1) * d;
  },
};

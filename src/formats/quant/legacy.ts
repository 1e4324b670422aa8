import { type BlockCodec, f16At, i8At, u32At } from "./blockCodec.ts";

const { fround } = Math;
/** Values of a block; value j and value j + 16 share a byte, the first in its low half. */
const N = 32;

/** d q: d f16, 16 bytes of 4 bits each, q from -8 to 7. */
export const Q4_0: BlockCodec = {
  values: N,
  bytes: 18,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let j = 0; j < 16; j++) {
      const q = b[at + 2 + j]!;
      out[to + j] = d * ((q & 15) - 8);
      out[to + j + 16] = d * ((q >> 4) - 8);
    }
  },
};

/** d q + m: d and m f16, q from 0 to 15. */
export const Q4_1: BlockCodec = {
  values: N,
  bytes: 20,
  decode(b, at, out, to) {
    const [d, m] = [f16At(b, at), f16At(b, at + 2)];
    for (let j = 0; j < 16; j++) {
      const q = b[at + 4 + j]!;
      out[to + j] = fround(d * (q & 15)) + m;
      out[to + j + 16] = fround(d * (q >> 4)) + m;
    }
  },
};

/** d q: q has a fifth bit, bit j of 32 for value j; from -16 to 15. */
export const Q5_0: BlockCodec = {
  values: N,
  bytes: 22,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    const high = u32At(b, at + 2);
    for (let j = 0; j < 16; j++) {
      const q = b[at + 6 + j]!;
      out[to + j] = d * (((q & 15) | (((high >>> j) & 1) << 4)) - 16);
      out[to + j + 16] = d * (((q >> 4) | (((high >>> (j + 16)) & 1) << 4)) - 16);
    }
  },
};

/** d q + m, q of five bits, from 0 to 31. */
export const Q5_1: BlockCodec = {
  values: N,
  bytes: 24,
  decode(b, at, out, to) {
    const [d, m] = [f16At(b, at), f16At(b, at + 2)];
    const high = u32At(b, at + 4);
    for (let j = 0; j < 16; j++) {
      const q = b[at + 8 + j]!;
      out[to + j] = fround(d * ((q & 15) | (((high >>> j) & 1) << 4))) + m;
      out[to + j + 16] = fround(d * ((q >> 4) | (((high >>> (j + 16)) & 1) << 4))) + m;
    }
  },
};

/** d q: 32 signed bytes. */
export const Q8_0: BlockCodec = {
  values: N,
  bytes: 34,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    for (let j = 0; j < N; j++) out[to + j] = i8At(b, at + 2 + j) * d;
  },
};

import { type BlockCodec, f16At, i8At } from "./blockCodec.ts";

const { fround } = Math;
/** Values of a super-block. Scales of its groups of 16 or 32 are small integers times an f16. */
const N = 256;

/** Groups of 16: d s q - dmin m; s and m of 4 bits in one byte, q of 2 bits. Layout: scales[16], qs[64], d, dmin. */
export const Q2_K: BlockCodec = {
  values: N,
  bytes: 84,
  decode(b, at, out, to) {
    const [d, dmin] = [f16At(b, at + 80), f16At(b, at + 82)];
    for (let group = 0; group < 16; group++) {
      const scale = b[at + group]!;
      const dl = fround(d * (scale & 15));
      const ml = fround(dmin * (scale >> 4));
      const { byte, shift } = lowBits(group);
      for (let l = 0; l < 16; l++) out[to + 16 * group + l] = fround(dl * ((b[at + 16 + byte + l]! >> shift) & 3)) - ml;
    }
  },
};

/** Groups of 16: d s q; s of 6 bits less 32, q of 2 bits and a mask's bit that lifts it by 4, less 4. Layout: hmask[32], qs[64], scales[12], d. */
export const Q3_K: BlockCodec = {
  values: N,
  bytes: 110,
  decode(b, at, out, to) {
    const d = f16At(b, at + 108);
    const scales = at + 96;
    for (let group = 0; group < 16; group++) {
      const low = (b[scales + (group & 7)]! >> (group < 8 ? 0 : 4)) & 15;
      const high = (b[scales + 8 + (group & 3)]! >> (2 * (group >> 2))) & 3;
      const dl = fround(d * ((low | (high << 4)) - 32));
      const { byte, shift } = lowBits(group);
      const mask = 1 << (group >> 1);
      for (let l = 0; l < 16; l++) {
        const q = (b[at + 32 + byte + l]! >> shift) & 3;
        out[to + 16 * group + l] = dl * (b[at + (byte & 31) + l]! & mask ? q : q - 4);
      }
    }
  },
};

/** Groups of 32: d s q - dmin m; s and m of 6 bits, q of 4. Layout: d, dmin, scales[12], qs[128]. */
export const Q4_K: BlockCodec = {
  values: N,
  bytes: 144,
  decode(b, at, out, to) {
    const [d, dmin] = [f16At(b, at), f16At(b, at + 2)];
    for (let group = 0; group < 8; group++) {
      const { dl, ml } = scaleAndMin(b, at + 4, group, d, dmin);
      const [byte, shift] = [at + 16 + 32 * (group >> 1), 4 * (group & 1)];
      for (let l = 0; l < 32; l++) out[to + 32 * group + l] = fround(dl * ((b[byte + l]! >> shift) & 15)) - ml;
    }
  },
};

/** As Q4_K, with a fifth bit. Layout: d, dmin, scales[12], qh[32], qs[128]. */
export const Q5_K: BlockCodec = {
  values: N,
  bytes: 176,
  decode(b, at, out, to) {
    const [d, dmin] = [f16At(b, at), f16At(b, at + 2)];
    for (let group = 0; group < 8; group++) {
      const { dl, ml } = scaleAndMin(b, at + 4, group, d, dmin);
      const [byte, shift] = [at + 48 + 32 * (group >> 1), 4 * (group & 1)];
      for (let l = 0; l < 32; l++) {
        const q = ((b[byte + l]! >> shift) & 15) | (((b[at + 16 + l]! >> group) & 1) << 4);
        out[to + 32 * group + l] = fround(dl * q) - ml;
      }
    }
  },
};

/** Groups of 16: d s q; s a signed byte, q of 4 + 2 bits less 32. Layout: ql[128], qh[64], scales[16], d. */
export const Q6_K: BlockCodec = {
  values: N,
  bytes: 210,
  decode(b, at, out, to) {
    const d = f16At(b, at + 208);
    for (let half = 0; half < 2; half++)
      for (let l = 0; l < 32; l++) {
        const high = b[at + 128 + 32 * half + l]!;
        for (let part = 0; part < 4; part++) {
          const low = (b[at + 64 * half + l + 32 * (part & 1)]! >> (4 * (part >> 1))) & 15;
          const scale = fround(d * i8At(b, at + 192 + 8 * half + (l >> 4) + 2 * part));
          out[to + 128 * half + 32 * part + l] = scale * ((low | (((high >> (2 * part)) & 3) << 4)) - 32);
        }
      }
  },
};

/** Where a group of 16 two-bit values lies: 128 values share 32 bytes, four of them a byte. */
const lowBits = (group: number): { readonly byte: number; readonly shift: number } => ({
  byte: 32 * (group >> 3) + 16 * (group & 1),
  shift: 2 * ((group >> 1) & 3),
});

/** Eight scales and eight minimums of 6 bits in 12 bytes: the last four of each lend two bits from the first bytes' tops. */
function scaleAndMin(b: Uint8Array, at: number, group: number, d: number, dmin: number): { dl: number; ml: number } {
  let [scale, min] = [0, 0];
  if (group < 4) [scale, min] = [b[at + group]! & 63, b[at + group + 4]! & 63];
  else {
    const low = b[at + group + 4]!;
    scale = (low & 15) | ((b[at + group - 4]! >> 6) << 4);
    min = (low >> 4) | ((b[at + group]! >> 6) << 4);
  }
  return { dl: fround(d * scale), ml: fround(dmin * min) };
}

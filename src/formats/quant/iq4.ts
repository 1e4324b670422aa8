import { type BlockCodec, f16At, u16At } from "./blockCodec.ts";

/** The 16 levels of the non-linear types. */
const LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;

/** d times a level: d f16, 16 bytes; value j and value j + 16 share one. */
export const IQ4_NL: BlockCodec = {
  values: 32,
  bytes: 18,
  decode(b, at, out, to) {
    levels(b, at + 2, f16At(b, at), out, to);
  },
};

/** Groups of 32: d s times a level; s of 6 bits less 32. Layout: d, high bits of s [2], low bits of s [4], qs[128]. */
export const IQ4_XS: BlockCodec = {
  values: 256,
  bytes: 136,
  decode(b, at, out, to) {
    const d = f16At(b, at);
    const high = u16At(b, at + 2);
    for (let group = 0; group < 8; group++) {
      const low = (b[at + 4 + (group >> 1)]! >> (4 * (group & 1))) & 15;
      const scale = Math.fround(d * ((low | (((high >> (2 * group)) & 3) << 4)) - 32));
      levels(b, at + 8 + 16 * group, scale, out, to + 32 * group);
    }
  },
};

function levels(b: Uint8Array, at: number, scale: number, out: Float32Array, to: number): void {
  for (let j = 0; j < 16; j++) {
    const q = b[at + j]!;
    out[to + j] = scale * LEVELS[q & 15]!;
    out[to + j + 16] = scale * LEVELS[q >> 4]!;
  }
}

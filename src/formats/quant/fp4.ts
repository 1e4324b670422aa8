import { E2M1, E4M3 } from "../fp8.ts";
import type { BlockCodec } from "./blockCodec.ts";

/** 2^(e - 127) times an e2m1 value: a byte of scale, then 16 bytes; value j and value j + 16 share one. Source: OCP MX 1.0. */
export const MXFP4: BlockCodec = {
  values: 32,
  bytes: 17,
  decode(b, at, out, to) {
    // The largest e would pass f32 where the value is below 1: half of it times twice the value does not.
    const half = 2 ** (b[at]! - 128);
    for (let j = 0; j < 16; j++) {
      const q = b[at + 1 + j]!;
      out[to + j] = half * (2 * E2M1[q & 15]!);
      out[to + j + 16] = half * (2 * E2M1[q >> 4]!);
    }
  },
};

/** Four groups of 16, each an e4m3 scale times an e2m1 value: 4 bytes of scales, then 8 bytes a group; value j and j + 8 share one. */
export const NVFP4: BlockCodec = {
  values: 64,
  bytes: 36,
  decode(b, at, out, to) {
    for (let group = 0; group < 4; group++) {
      // Scales have no sign; the code of NaN counts as 0.
      const code = b[at + group]!;
      const scale = code === 0x7f ? 0 : E4M3[code & 0x7f]!;
      for (let j = 0; j < 8; j++) {
        const q = b[at + 4 + 8 * group + j]!;
        out[to + 16 * group + j] = scale * E2M1[q & 15]!;
        out[to + 16 * group + j + 8] = scale * E2M1[q >> 4]!;
      }
    }
  },
};

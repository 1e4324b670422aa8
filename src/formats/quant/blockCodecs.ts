import type { BlockEncoding } from "../weightSource.ts";
import type { BlockCodec } from "./blockCodec.ts";
import { MXFP4, NVFP4 } from "./fp4.ts";
import { IQ1_M, IQ1_S } from "./iq1.ts";
import { IQ2_S, IQ2_XS, IQ2_XXS } from "./iq2.ts";
import { IQ3_S, IQ3_XXS } from "./iq3.ts";
import { IQ4_NL, IQ4_XS } from "./iq4.ts";
import { Q2_K, Q3_K, Q4_K, Q5_K, Q6_K } from "./kQuants.ts";
import { Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 } from "./legacy.ts";
import { TQ1_0, TQ2_0 } from "./ternary.ts";

/** Every block encoding: its sizes and its reference decoder. */
export const BLOCK_CODECS: Readonly<Record<BlockEncoding, BlockCodec>> = {
  Q4_0,
  Q4_1,
  Q5_0,
  Q5_1,
  Q8_0,
  Q2_K,
  Q3_K,
  Q4_K,
  Q5_K,
  Q6_K,
  IQ1_S,
  IQ1_M,
  IQ2_XXS,
  IQ2_XS,
  IQ2_S,
  IQ3_XXS,
  IQ3_S,
  IQ4_NL,
  IQ4_XS,
  TQ1_0,
  TQ2_0,
  MXFP4,
  NVFP4,
};

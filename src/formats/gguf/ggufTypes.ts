import { BLOCK_CODECS } from "../quant/blockCodecs.ts";
import type { BlockEncoding, Encoding } from "../weightSource.ts";

/** A tensor type of GGUF: `values` values of a row share `bytes` bytes. */
export interface GgufType {
  readonly encoding: Encoding;
  readonly values: number;
  readonly bytes: number;
}

/** Types by their number in a file. Source: ggml.h of ggml 0.23.0; those of blocks hold the sizes of their codecs. */
export const GGUF_TYPES: ReadonlyMap<number, GgufType> = new Map<number, GgufType>([
  [0, plain("F32", 4)],
  [1, plain("F16", 2)],
  [2, blocks("Q4_0")],
  [3, blocks("Q4_1")],
  [6, blocks("Q5_0")],
  [7, blocks("Q5_1")],
  [8, blocks("Q8_0")],
  [10, blocks("Q2_K")],
  [11, blocks("Q3_K")],
  [12, blocks("Q4_K")],
  [13, blocks("Q5_K")],
  [14, blocks("Q6_K")],
  [16, blocks("IQ2_XXS")],
  [17, blocks("IQ2_XS")],
  [18, blocks("IQ3_XXS")],
  [19, blocks("IQ1_S")],
  [20, blocks("IQ4_NL")],
  [21, blocks("IQ3_S")],
  [22, blocks("IQ2_S")],
  [23, blocks("IQ4_XS")],
  [24, plain("I8", 1)],
  [25, plain("I16", 2)],
  [26, plain("I32", 4)],
  [27, plain("I64", 8)],
  [28, plain("F64", 8)],
  [29, blocks("IQ1_M")],
  [30, plain("BF16", 2)],
  [34, blocks("TQ1_0")],
  [35, blocks("TQ2_0")],
  [39, blocks("MXFP4")],
  [40, blocks("NVFP4")],
]);

/** Numbers that name a type which is not read: removed from the format, never stored in files, or newer. For messages. */
export const UNREAD_GGUF_TYPES: ReadonlyMap<number, string> = new Map([
  [4, "Q4_2 (removed from the format)"],
  [5, "Q4_3 (removed from the format)"],
  [9, "Q8_1 (not made for files)"],
  [15, "Q8_K (not made for files)"],
  [31, "Q4_0_4_4 (removed from the format)"],
  [32, "Q4_0_4_8 (removed from the format)"],
  [33, "Q4_0_8_8 (removed from the format)"],
  [36, "IQ4_NL_4_4 (removed from the format)"],
  [37, "IQ4_NL_4_8 (removed from the format)"],
  [38, "IQ4_NL_8_8 (removed from the format)"],
  [41, "Q1_0"],
  [42, "Q2_0"],
]);

function plain(encoding: Encoding, bytes: number): GgufType {
  return { encoding, values: 1, bytes };
}

function blocks(encoding: BlockEncoding): GgufType {
  const { values, bytes } = BLOCK_CODECS[encoding];
  return { encoding, values, bytes };
}

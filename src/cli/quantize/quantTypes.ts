import type { Encoding } from "../../formats/weightSource.ts";

/** A `--type`. */
export interface QuantType {
  readonly name: string;
  readonly encoding: Encoding;
  /** For rows that are no whole blocks, the first that fits; behind them f16. As llama.cpp chooses. */
  readonly instead: readonly Encoding[];
  /** `general.file_type`: llama.cpp's number for a file that is mostly of this type. */
  readonly fileType: number;
}

/** Largest first. Source of `instead` and `fileType`: llama.cpp, `llama_ftype` and what its quantize tool falls back to. */
export const QUANT_TYPES: readonly QuantType[] = [
  { name: "f32", encoding: "F32", instead: [], fileType: 0 },
  { name: "bf16", encoding: "BF16", instead: [], fileType: 32 },
  { name: "f16", encoding: "F16", instead: [], fileType: 1 },
  { name: "q8_0", encoding: "Q8_0", instead: [], fileType: 7 },
  { name: "q6_k", encoding: "Q6_K", instead: ["Q8_0"], fileType: 18 },
  { name: "q5_1", encoding: "Q5_1", instead: [], fileType: 9 },
  { name: "q5_k", encoding: "Q5_K", instead: ["Q5_1"], fileType: 16 },
  { name: "q5_0", encoding: "Q5_0", instead: [], fileType: 8 },
  { name: "q4_1", encoding: "Q4_1", instead: [], fileType: 3 },
  { name: "q4_k", encoding: "Q4_K", instead: ["Q5_0"], fileType: 14 },
  { name: "q4_0", encoding: "Q4_0", instead: [], fileType: 2 },
  { name: "iq4_nl", encoding: "IQ4_NL", instead: [], fileType: 25 },
  { name: "mxfp4", encoding: "MXFP4", instead: [], fileType: 38 },
];

/** "Q4_K", "q4_k". */
export const findQuantType = (text: string): QuantType | undefined =>
  QUANT_TYPES.find(({ name }) => name === text.toLowerCase());

import type { Fp8 } from "./recodeSpec.ts";

/** Choices in how a file's quantised layers are computed with. They are flags of a run, never the budget's. */
export interface QuantOptions {
  /** What eight-bit floats become: `q8_0` (1.06 bytes a value, some error) or `f16` (2 bytes, exact; bf16 for mxfp8). */
  readonly fp8: "q8_0" | "f16";
  /** Exact values, whatever their bytes: `--force-fp32`. */
  readonly exact: boolean;
  /** UNETLoader's `weight_dtype`: wider floats are rounded to eight bits first, as PyTorch casts. */
  readonly cast?: Fp8;
}

export const DEFAULT_QUANT: QuantOptions = { fp8: "q8_0", exact: false };

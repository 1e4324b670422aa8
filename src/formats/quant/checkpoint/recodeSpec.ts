import type { Encoding } from "../../weightSource.ts";

/** What a stored layer is made of; each names its raw tensors of the file. */
export type Stored =
  /**
   * Eight-bit floats, one a value. `legacy e5m2`: e5m2 in a file of ComfyUI's older kind, which casts them to e4m3. What e4m3 has no room for
   * would be NaN there and is kept here.
   */
  | { readonly kind: "fp8"; readonly code: Fp8 | "legacy e5m2"; readonly data: string }
  /** Signed bytes. */
  | { readonly kind: "int8"; readonly data: string }
  /** Signed nibbles, the first value in the low one. */
  | { readonly kind: "int4"; readonly data: string }
  /** Nibbles, the low one first, that name one of 16 levels; times an e4m3 per `group` values of a row, rounded to a signed byte. */
  | {
      readonly kind: "codebook4";
      readonly data: string;
      readonly scales: string;
      readonly codebook: string;
      readonly group: number;
    }
  /** e2m1 nibbles, the first value in the HIGH one; times an e4m3 per 16 values of a row. */
  | { readonly kind: "nvfp4"; readonly data: string; readonly scales: string }
  /** e4m3; times a power of two per 32 values of a row. */
  | { readonly kind: "mxfp8"; readonly data: string; readonly scales: string }
  /** Unsigned, `bits` each; q * scale - shift, one of each per row of the matrix [groups, group] that the weight is reshaped to. */
  | {
      readonly kind: "affine";
      readonly bits: 2 | 4;
      readonly data: string;
      readonly scales: string;
      readonly shifts: string;
      readonly scaleEncoding: "F32" | "F16" | "BF16";
      readonly group: number;
      /** Rows as packed: the first `packed` rows of groups lie in the lowest bits, the next above them. */
      readonly packed: number;
    }
  /** Wider floats, rounded to an eight-bit float first (`weight_dtype`). */
  | { readonly kind: "cast"; readonly from: "F32" | "F16" | "BF16"; readonly code: Fp8; readonly data: string };

export type Fp8 = "F8_E4M3" | "F8_E5M2";

/** Encodings that stored layers become. */
export type Target = Extract<Encoding, "F32" | "F16" | "BF16" | "Q8_0" | "Q4_0" | "Q4_1" | "NVFP4">;

/**
 * How rows of a stored layer become rows of an encoding that the device computes with: plain data, so that a thread can be told.
 * `columns` values of each of the `storedColumns` that a stored row has (padding is cut off).
 */
export interface RecodeSpec {
  readonly stored: Stored;
  readonly to: Target;
  readonly rows: number;
  readonly columns: number;
  readonly storedColumns: number;
}

/** How a matrix may be stored, in bits per value; norms stay in 32. */
export interface MatrixEncoding {
  readonly name: string;
  readonly bits: number;
}

/** fp8: a byte each. GGUF's blocks of 256 values: Q4_K 144 bytes, Q5_K 176. */
export const matrixEncodings: readonly MatrixEncoding[] = [
  { name: "f16", bits: 16 },
  { name: "fp8", bits: 8 },
  { name: "GGUF Q5_K", bits: (8 * 176) / 256 },
  { name: "GGUF Q4_K", bits: (8 * 144) / 256 },
];

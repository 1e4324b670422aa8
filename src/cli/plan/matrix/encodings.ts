/** How a matrix may be stored; norms stay in 32 bits. */
export interface MatrixEncoding {
  readonly name: string;
  /** Of a value in device memory and in RAM. */
  readonly bits: number;
  /** Of a value in the file, where that is another form: what is read is re-encoded on the host. */
  readonly fileBits?: number;
}

/** fp8: a byte in the file, and Q8_0 where it is computed with (blocks of 32 values: 34 bytes). GGUF's blocks of 256: Q4_K 144 bytes, Q5_K 176. */
export const matrixEncodings: readonly MatrixEncoding[] = [
  { name: "f16", bits: 16 },
  { name: "fp8", bits: (8 * 34) / 32, fileBits: 8 },
  { name: "GGUF Q5_K", bits: (8 * 176) / 256 },
  { name: "GGUF Q4_K", bits: (8 * 144) / 256 },
];

/**
 * The encodings a tensor can have on a device, under ggml's names. `block` values share `bytes` bytes; a row (the last axis) is a
 * whole number of blocks. `ggml` is the number of the type in ggml's enum, which GGUF files use too.
 */
export const DTYPES = {
  f32: { ggml: 0, block: 1, bytes: 4 },
  f16: { ggml: 1, block: 1, bytes: 2 },
  q4_0: { ggml: 2, block: 32, bytes: 18 },
  q4_1: { ggml: 3, block: 32, bytes: 20 },
  q5_0: { ggml: 6, block: 32, bytes: 22 },
  q5_1: { ggml: 7, block: 32, bytes: 24 },
  q8_0: { ggml: 8, block: 32, bytes: 34 },
  q2_k: { ggml: 10, block: 256, bytes: 84 },
  q3_k: { ggml: 11, block: 256, bytes: 110 },
  q4_k: { ggml: 12, block: 256, bytes: 144 },
  q5_k: { ggml: 13, block: 256, bytes: 176 },
  q6_k: { ggml: 14, block: 256, bytes: 210 },
  iq2_xxs: { ggml: 16, block: 256, bytes: 66 },
  iq2_xs: { ggml: 17, block: 256, bytes: 74 },
  iq3_xxs: { ggml: 18, block: 256, bytes: 98 },
  iq1_s: { ggml: 19, block: 256, bytes: 50 },
  iq4_nl: { ggml: 20, block: 32, bytes: 18 },
  iq3_s: { ggml: 21, block: 256, bytes: 110 },
  iq2_s: { ggml: 22, block: 256, bytes: 82 },
  iq4_xs: { ggml: 23, block: 256, bytes: 136 },
  i32: { ggml: 26, block: 1, bytes: 4 },
  iq1_m: { ggml: 29, block: 256, bytes: 56 },
  bf16: { ggml: 30, block: 1, bytes: 2 },
  tq1_0: { ggml: 34, block: 256, bytes: 54 },
  tq2_0: { ggml: 35, block: 256, bytes: 66 },
  mxfp4: { ggml: 39, block: 32, bytes: 17 },
  nvfp4: { ggml: 40, block: 64, bytes: 36 },
} as const;

export type DType = keyof typeof DTYPES;

/** Sizes from the outermost axis to the fastest, as torch and the papers write them: [batch, tokens, width]. At most 4 axes. */
export type Shape = readonly number[];

export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: Shape;
}

export const elements = (shape: Shape): number => shape.reduce((n, size) => n * size, 1);

/** Bytes of a contiguous tensor. Throws RangeError where a row is no whole number of blocks. */
export function byteLength({ dtype, shape }: TensorSpec): number {
  const { block, bytes } = DTYPES[dtype];
  const row = shape.at(-1) ?? 1;
  if (row % block !== 0)
    throw new RangeError(`a row of ${row} values is no whole number of ${dtype} blocks of ${block}`);
  return (elements(shape) / block) * bytes;
}

/** Four axes, ones on the left: ggml's own view of a shape (read backwards), and what "right-aligned" means. */
export function padded(shape: Shape): [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = [...new Array<number>(4 - shape.length).fill(1), ...shape];
  return [a, b, c, d];
}

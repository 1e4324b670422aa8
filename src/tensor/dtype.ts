/**
 * The encodings a tensor can have on a device, under ggml's names. `block` values share `bytes` bytes; a row (the last axis) is a
 * whole number of blocks. `ggml` is the number of the type in ggml's enum, which GGUF files use too.
 */
export const DTYPES = {
  f32: { ggml: 0, block: 1, bytes: 4 },
  f16: { ggml: 1, block: 1, bytes: 2 },
  q4_0: { ggml: 2, block: 32, bytes: 18 },
  q8_0: { ggml: 8, block: 32, bytes: 34 },
  i32: { ggml: 26, block: 1, bytes: 4 },
  bf16: { ggml: 30, block: 1, bytes: 2 },
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

/** One step of the Kronecker power; divided by its length so that the matrix is its own inverse. */
const H4 = [
  [1, 1, 1, -1],
  [1, 1, -1, 1],
  [1, -1, 1, 1],
  [-1, 1, 1, 1],
] as const;

/** Sizes there are: powers of 4. */
export const isHadamardSize = (size: number): boolean => [4, 16, 64, 256, 1024].includes(size);

/** The regular Hadamard matrix [size, size] over sqrt(size), row after row: symmetric and its own inverse. Exact: size is a power of 4. */
export function hadamard(size: number): Float32Array {
  const values = new Float32Array(size * size);
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) {
      let sign = 1;
      for (let [i, j, n] = [r, c, size]; n > 1; i >>= 2, j >>= 2, n >>= 2) sign *= H4[i & 3]![j & 3]!;
      values[r * size + c] = sign / Math.sqrt(size);
    }
  return values;
}

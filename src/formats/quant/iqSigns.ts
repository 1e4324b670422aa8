/** Seven stored signs and an eighth that makes their number even: bit j set means that value j is negative. */
export function withParity(signs: number): number {
  let parity = signs ^ (signs >> 4);
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return signs | ((parity & 1) << 7);
}

/** `count` values of a codebook from `entry` on, times `scale`, with the signs from bit `first` on. */
export function signed(
  grid: Int8Array,
  entry: number,
  count: number,
  signs: number,
  first: number,
  scale: number,
  out: Float32Array,
  to: number,
): void {
  for (let j = 0; j < count; j++) {
    const value = scale * grid[entry + j]!;
    out[to + j] = (signs >> (first + j)) & 1 ? -value : value;
  }
}

/** `torch.linspace(from, to, n)` in f32: both ends exact, the second half counted from the end. */
export function linspace(from: number, to: number, n: number): Float32Array {
  if (n === 1) return Float32Array.of(from);
  const step = Math.fround(Math.fround(to - from) / (n - 1));
  return Float32Array.from({ length: n }, (_, i) => (i < n / 2 ? from + step * i : to - step * (n - 1 - i)));
}

/**
 * The value of every code of the eight-bit floats and of fp4, as f32. e4m3 is the "fn" kind: no infinity, NaN at 0x7f and 0xff,
 * largest 448. e5m2 has infinities, largest 57344. e8m0 is a power of two, NaN at 255. fp4 is e2m1.
 * Source: OCP 8-bit floating point 1.0, OCP microscaling formats 1.0.
 */
export const E4M3: Float32Array = table(256, 4, 3, (exponent, fraction) =>
  exponent === 15 && fraction === 7 ? Number.NaN : undefined,
);
export const E5M2: Float32Array = table(256, 5, 2, (exponent, fraction) => {
  if (exponent < 31) return undefined;
  return fraction ? Number.NaN : Number.POSITIVE_INFINITY;
});
export const E2M1: Float32Array = table(16, 2, 1, () => undefined);
export const E8M0: Float32Array = Float32Array.from({ length: 256 }, (_, code) =>
  code === 255 ? Number.NaN : 2 ** (code - 127),
);

function table(
  codes: number,
  exponentBits: number,
  fractionBits: number,
  special: (exponent: number, fraction: number) => number | undefined,
): Float32Array {
  const bias = 2 ** (exponentBits - 1) - 1;
  return Float32Array.from({ length: codes }, (_, code) => {
    const sign = code & (codes / 2) ? -1 : 1;
    const exponent = (code >> fractionBits) & (2 ** exponentBits - 1);
    const fraction = code & (2 ** fractionBits - 1);
    const part = fraction / 2 ** fractionBits;
    const finite = exponent ? 2 ** (exponent - bias) * (1 + part) : 2 ** (1 - bias) * part;
    return sign * (special(exponent, fraction) ?? finite);
  });
}

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** binary16 to a number, exactly. Source: IEEE 754. */
export function decodeF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** A number to the nearest binary16, ties to even, overflow to infinity. */
export function encodeF16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Numbers below 2^-14 are spaced by 2^-24, others by 2^-10 of their power of two.
  const exponent = Math.max(Math.floor(Math.log2(size || 2 ** -24)), -14);
  const steps = roundEven(size / 2 ** (exponent - 10));
  // A carry out of the fraction lands in the exponent's field, which is what is wanted; so does log2's rounding up at a power's edge.
  return sign | (steps + (exponent + 14) * 1024);
}

function roundEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

/** bfloat16, the upper half of a binary32, to a number. */
export function decodeBf16(half: number): number {
  bits[0] = half << 16;
  return word[0]!;
}

/** A number to the nearest bfloat16, ties to even, by way of binary32. */
export function encodeBf16(value: number): number {
  word[0] = value;
  const whole = bits[0]!;
  if (Number.isNaN(value)) return (whole >>> 16) | 64;
  return (whole + 0x7fff + ((whole >>> 16) & 1)) >>> 16;
}

/**
 * f16 and bf16 to f32 and back, bit for bit as PyTorch rounds: to nearest, ties to even, subnormals kept, overflow to infinity.
 * Halves are their bits in a Uint16Array. Source: IEEE 754 binary16; bf16 is the upper half of an f32.
 */

/** The f32 of each of the 65,536 bit patterns of an f16: 256 KiB, made at the first use, and several times faster than arithmetic. */
let f16Table: Float32Array | undefined;

/** That table, for codecs that meet one f16 at a time. */
export const f16Values = (): Float32Array =>
  (f16Table ??= Float32Array.from({ length: 65_536 }, (_, pattern) => f16Value(pattern)));

/** `into` must hold at least as many values. Returns it. */
export function f16ToF32(bits: Uint16Array, into: Float32Array = new Float32Array(bits.length)): Float32Array {
  const table = f16Values();
  for (let i = 0; i < bits.length; i++) into[i] = table[bits[i]!]!;
  return into;
}

/** `into` must hold at least as many values. Returns it. NaNs keep their payload. */
export function bf16ToF32(bits: Uint16Array, into: Float32Array = new Float32Array(bits.length)): Float32Array {
  const words = new Uint32Array(into.buffer, into.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return into;
}

export function f32ToF16(values: Float32Array, into: Uint16Array = new Uint16Array(values.length)): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    const word = words[i]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fff_ffff;
    let half: number;
    if (magnitude > 0x7f80_0000) half = 0x7e00;
    // 65520 is half way between the largest f16 and what would follow it; the tie goes to infinity.
    else if (magnitude >= 0x477f_f000) half = 0x7c00;
    else if (magnitude >= 0x3880_0000) half = (magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    // Below 2^-14: multiples of 2^-24. Beside 0.5 an f32 has just these, so that fround rounds for us, ties to even.
    else half = (Math.fround(Math.abs(values[i]!) + 0.5) - 0.5) * 0x100_0000;
    into[i] = sign | half;
  }
  return into;
}

export function f32ToBf16(values: Float32Array, into: Uint16Array = new Uint16Array(values.length)): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    const word = words[i]!;
    const nan = (word & 0x7fff_ffff) > 0x7f80_0000;
    // A NaN must not round up to infinity: it is cut and made quiet.
    into[i] = nan ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return into;
}

function f16Value(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >>> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}

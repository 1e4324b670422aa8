interface Kind {
  readonly exponentBias: number;
  readonly fractionBits: number;
  readonly largest: number;
  /** The code of what is too large: e4m3fn has no infinity and takes NaN. */
  readonly overflow: number;
}

const KINDS: Readonly<Record<"F8_E4M3" | "F8_E5M2", Kind>> = {
  F8_E4M3: { exponentBias: 7, fractionBits: 3, largest: 448, overflow: 0x7f },
  F8_E5M2: { exponentBias: 15, fractionBits: 2, largest: 57344, overflow: 0x7c },
};

/**
 * f32 to an eight-bit float: to nearest, ties to even, subnormals kept. Too large becomes NaN (e4m3) or infinity (e5m2), as in
 * PyTorch's conversion; with `saturate` the largest finite value, as in ComfyUI's quantiser. NaN stays NaN.
 */
export function f32ToFp8(encoding: "F8_E4M3" | "F8_E5M2", values: Float32Array, saturate = false): Uint8Array {
  const { exponentBias, fractionBits, largest, overflow } = KINDS[encoding];
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const sign = (words[i]! >>> 24) & 0x80;
    let magnitude = Math.abs(values[i]!);
    if (saturate && magnitude > largest) magnitude = largest;
    // 127 is f32's own bias. Below the smallest normal number steps no longer shrink.
    const exponent = Math.max(((words[i]! >>> 23) & 255) - 127, 1 - exponentBias);
    if (Number.isNaN(magnitude)) codes[i] = sign | 0x7f;
    else if (magnitude >= 2 * largest) codes[i] = sign | overflow;
    else {
      const bounded = magnitude === largest ? Math.floor(Math.log2(largest)) : exponent;
      const steps = roundHalfEven(magnitude / 2 ** (bounded - fractionBits));
      // Fraction and exponent lie side by side: a fraction that rounds up to 2 carries into the exponent by itself.
      codes[i] = sign | Math.min(((bounded + exponentBias - 1) << fractionBits) + steps, overflow);
    }
  }
  return codes;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

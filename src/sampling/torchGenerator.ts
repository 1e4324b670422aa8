/**
 * PyTorch's CPU generator, number for number: MT19937 seeded with the low 32 bits of the seed, and torch's own ways from words to
 * uniform, normal and integer values. Noise from here is ComfyUI's noise. It is a stream: how many words a draw takes, and the one
 * cached normal that a small draw leaves behind, are part of the contract.
 *
 * Sources: Matsumoto and Nishimura 1998 (MT19937, init_genrand); PyTorch 2.9, ATen/core/DistributionsHelper.h and
 * ATen/native/cpu/DistributionTemplates.h (conversions, groups of 16).
 */
const N = 624;
const M = 397;

export class TorchGenerator {
  readonly #state = new Uint32Array(N);
  #next = N;
  /** The second value of the last pair of a small `randn`; it outlives other draws. */
  #cachedNormal: number | null = null;

  /** `seed` may have 64 bits; only the low 32 count, as in torch. */
  constructor(seed: bigint) {
    const s = this.#state;
    s[0] = Number(BigInt.asUintN(32, seed));
    for (let i = 1; i < N; i++) {
      const before = s[i - 1]! ^ (s[i - 1]! >>> 30);
      s[i] = Math.imul(1812433253, before) + i;
    }
  }

  /** One word, 0 to 2^32 - 1. */
  word(): number {
    if (this.#next === N) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const s = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (s[i]! & 0x80000000) | (s[(i + 1) % N]! & 0x7fffffff);
      s[i] = s[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }

  /** Uniform on [0, 1) with `bits` significand bits: f32 24, f16 11, bf16 8. One word. */
  #uniform(bits: number): number {
    return (this.word() & (2 ** bits - 1)) * 2 ** -bits;
  }

  /** Uniform on [0, 1) with 53 bits. Two words, the first one high. */
  #uniform64(): number {
    const high = this.word() & 0x1fffff;
    return (high * 2 ** 32 + this.word()) * 2 ** -53;
  }

  /** `torch.rand(n)`, f32. */
  rand(n: number): Float32Array {
    return Float32Array.from({ length: n }, () => this.#uniform(24));
  }

  /** `torch.rand(n, dtype=float64)`. */
  rand64(n: number): Float64Array {
    return Float64Array.from({ length: n }, () => this.#uniform64());
  }

  /** `torch.randint(0, high, (n,))`: a word modulo `high`, or 64 bits when `high` is 2^32 or more (a tiny bias, as in torch). */
  randint(n: number, high: bigint): BigInt64Array {
    const wide = high >= 1n << 32n;
    const draw = () => (wide ? (BigInt(this.word()) << 32n) | BigInt(this.word()) : BigInt(this.word()));
    return BigInt64Array.from({ length: n }, () => draw() % high);
  }

  /** `torch.randperm(n)`, for n below 2^32 / 20 (beyond that torch draws 64 bits). */
  randperm(n: number): BigInt64Array {
    const order = BigInt64Array.from({ length: n }, (_, i) => BigInt(i));
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.word() % (n - i));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  /**
   * `torch.randn(n)`. `bits` are the significand bits of the dtype: f32 24, f16 11, bf16 8. Below 16 values torch draws pairs in f64,
   * whatever the dtype; from 16 on it fills groups of 16 in place, rounding each step to the dtype.
   */
  randn(n: number, bits = 24): Float32Array {
    if (n < 16) return Float32Array.from({ length: n }, () => this.#normal());
    const data = Float32Array.from({ length: n }, () => this.#uniform(bits));
    for (let at = 0; at + 16 <= n; at += 16) boxMuller(data, at, bits);
    if (n % 16 !== 0) {
      // torch draws the last 16 again, over values that were done already
      for (let i = n - 16; i < n; i++) data[i] = this.#uniform(bits);
      boxMuller(data, n - 16, bits);
    }
    return data;
  }

  /** `torch.randn(n, dtype=float64)`. */
  randn64(n: number): Float64Array {
    if (n < 16) return Float64Array.from({ length: n }, () => this.#normal());
    const data = Float64Array.from({ length: n }, () => this.#uniform64());
    for (let at = 0; at + 16 <= n; at += 16) boxMullerF64(data, at);
    if (n % 16 !== 0) {
      for (let i = n - 16; i < n; i++) data[i] = this.#uniform64();
      boxMullerF64(data, n - 16);
    }
    return data;
  }

  #normal(): number {
    if (this.#cachedNormal !== null) {
      const value = this.#cachedNormal;
      this.#cachedNormal = null;
      return value;
    }
    const turn = 2 * Math.PI * this.#uniform64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform64()));
    this.#cachedNormal = radius * Math.sin(turn);
    return radius * Math.cos(turn);
  }
}

/** 16 uniform values become 16 normal ones; every step is rounded to `bits`, as torch computes in the dtype itself. */
function boxMuller(data: Float32Array, at: number, bits: number): void {
  const round = bits === 24 ? Math.fround : roundTo(bits);
  const twoPi = Math.fround(2 * Math.PI);
  for (let j = at; j < at + 8; j++) {
    const radius = round(Math.sqrt(-2 * round(Math.log(round(1 - data[j]!)))));
    const turn = round(twoPi * data[j + 8]!);
    data[j] = round(radius * round(Math.cos(turn)));
    data[j + 8] = round(radius * round(Math.sin(turn)));
  }
}

/** Rounds to `bits` significand bits, ties to even. Source: Veltkamp's splitting (Dekker 1971). */
function roundTo(bits: number): (x: number) => number {
  const splitter = 2 ** (53 - bits) + 1;
  return (x) => x * splitter - (x * splitter - x);
}

function boxMullerF64(data: Float64Array, at: number): void {
  for (let j = at; j < at + 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - data[j]!));
    const turn = 2 * Math.PI * data[j + 8]!;
    data[j] = radius * Math.cos(turn);
    data[j + 8] = radius * Math.sin(turn);
  }
}

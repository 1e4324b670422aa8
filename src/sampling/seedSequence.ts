const INIT_A = 0x43b0d7e5;
const MULT_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULT_B = 0x58f38ded;
const MIX_L = 0xca01f9dd;
const MIX_R = 0x4973f715;

/**
 * numpy's SeedSequence: words of seed material from one seed, different for each `spawnKey`, spread over a pool of `poolSize` words.
 * Returns `count` words. Source: NumPy's bit_generator documentation, after O'Neill 2015, "Developing a seed_seq alternative".
 */
export function seedSequence(
  entropy: bigint,
  spawnKey: readonly bigint[],
  poolSize: number,
  count: number,
): Uint32Array {
  const material = words(entropy);
  if (spawnKey.length > 0) {
    // so that a long seed and a short seed with a key cannot be the same material
    while (material.length < poolSize) material.push(0);
    for (const key of spawnKey) material.push(...words(key));
  }
  const hash = hasher(INIT_A, MULT_A);
  const mix = (x: number, y: number) => {
    const mixed = Math.imul(MIX_L, x) - Math.imul(MIX_R, y);
    return mixed ^ ((mixed >>> 0) >>> 16);
  };
  const pool = new Uint32Array(poolSize);
  for (let i = 0; i < poolSize; i++) pool[i] = hash(material[i] ?? 0);
  for (let from = 0; from < poolSize; from++)
    for (let to = 0; to < poolSize; to++) if (from !== to) pool[to] = mix(pool[to]!, hash(pool[from]!));
  for (const word of material.slice(poolSize))
    for (let to = 0; to < poolSize; to++) pool[to] = mix(pool[to]!, hash(word));

  const out = hasher(INIT_B, MULT_B);
  return Uint32Array.from({ length: count }, (_, i) => out(pool[i % poolSize]!));
}

/** Each use hashes with the next of a row of constants. */
function hasher(constant: number, factor: number): (value: number) => number {
  return (value) => {
    const before = value ^ constant;
    constant = Math.imul(constant, factor);
    const product = Math.imul(before, constant);
    return product ^ (product >>> 16);
  };
}

/** 32-bit words, low first; at least one. */
function words(value: bigint): number[] {
  const out: number[] = [];
  do {
    out.push(Number(value & 0xffffffffn));
    value >>= 32n;
  } while (value > 0n);
  return out;
}

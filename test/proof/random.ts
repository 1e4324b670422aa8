/** mulberry32: `draw(n)` is a whole number in [0, n), the same sequence from the same seed. */
export function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** The seed of every draw in this folder: `WEIR_PROOF_SEED`, or always the same. Tests print it in their names. */
export const PROOF_SEED = Number(process.env["WEIR_PROOF_SEED"] ?? 4);
